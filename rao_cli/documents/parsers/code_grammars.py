"""What a definition, an import, a comment and an identifier are in each language, as tree-sitter queries.

A definition is a pattern whose node is captured under its kind, with @name and, where a definition stands outside
of what it belongs to (a Go method, a C++ member), @container. An earlier pattern wins over a later one for the
same name. An import is a pattern with @import, and @member where a name is taken from the module.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grammar:
    """One language: its package and what to look for in its trees."""

    package: str
    definitions: str
    imports: str = ""
    identifiers: tuple[str, ...] = ("identifier",)
    comments: tuple[str, ...] = ("comment",)
    leads: tuple[str, ...] = ()
    """Nodes that, like comments, belong to the definition after them: decorators, annotations, attributes."""
    function: str = "language"


_PYTHON = Grammar(
    "tree_sitter_python",
    """
    (class_definition name: (_) @name) @class
    (function_definition name: (_) @name) @function
    (module (expression_statement (assignment left: (identifier) @name)) @constant)
    (class_definition body: (block (expression_statement (assignment left: (identifier) @name)) @field))
    (type_alias_statement left: (_) @name) @type
    """,
    """
    (import_statement name: [(dotted_name) @import (aliased_import name: (_) @import)])
    (import_from_statement module_name: (_) @import
        name: [(dotted_name) @member (aliased_import name: (_) @member)])
    (import_from_statement module_name: (_) @import (wildcard_import))
    """,
    leads=("decorator",),
)

_SCRIPT_DEFINITIONS = """
    (function_declaration name: (_) @name) @function
    (generator_function_declaration name: (_) @name) @function
    (class_declaration name: (_) @name) @class
    (method_definition name: (_) @name) @method
    (variable_declarator name: (identifier) @name
        value: [(arrow_function) (function_expression) (generator_function)]) @function
    (variable_declarator name: (identifier) @name value: (class)) @class
    (assignment_expression left: [(identifier) @name
            (member_expression object: (_) @container property: (_) @name)]
        right: [(arrow_function) (function_expression)]) @function
    (pair key: (property_identifier) @name value: [(arrow_function) (function_expression)]) @function
    (program [(lexical_declaration (variable_declarator name: (identifier) @name))
              (variable_declaration (variable_declarator name: (identifier) @name))] @constant)
    (program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name)) @constant))
    """
_SCRIPT_IMPORTS = """
    (import_statement source: (string (string_fragment) @import))
    (export_statement source: (string (string_fragment) @import))
    (call_expression function: [(import) (identifier) @_called]
        arguments: (arguments . (string (string_fragment) @import)) (#eq? @_called "require"))
    """
_TYPED_DEFINITIONS = """
    (abstract_class_declaration name: (_) @name) @class
    (interface_declaration name: (_) @name) @interface
    (enum_declaration name: (_) @name) @enum
    (type_alias_declaration name: (_) @name) @type
    (internal_module name: (_) @name) @namespace
    (module name: (identifier) @name) @namespace
    (function_signature name: (_) @name) @prototype
    (abstract_method_signature name: (_) @name) @method
    (public_field_definition name: (_) @name
        value: [(arrow_function) (function_expression)]) @method
    """
_SCRIPT_IDENTIFIERS = (
    "identifier",
    "property_identifier",
    "shorthand_property_identifier",
    "private_property_identifier",
)
_JAVASCRIPT = Grammar(
    "tree_sitter_javascript",
    _SCRIPT_DEFINITIONS
    + "(field_definition property: (_) @name value: [(arrow_function) (function_expression)]) @method",
    _SCRIPT_IMPORTS,
    _SCRIPT_IDENTIFIERS,
    leads=("decorator",),
)
_TYPESCRIPT, _TSX = (
    Grammar(
        "tree_sitter_typescript",
        _SCRIPT_DEFINITIONS + _TYPED_DEFINITIONS,
        _SCRIPT_IMPORTS,
        (*_SCRIPT_IDENTIFIERS, "type_identifier"),
        leads=("decorator",),
        function=function,
    )
    for function in ("language_typescript", "language_tsx")
)

_GO = Grammar(
    "tree_sitter_go",
    """
    (function_declaration name: (_) @name) @function
    (method_declaration receiver: (parameter_list (parameter_declaration type: [
            (type_identifier) @container
            (pointer_type [(type_identifier) @container (generic_type type: (_) @container)])
            (generic_type type: (_) @container)]))
        name: (_) @name) @method
    (type_declaration . (type_spec name: (_) @name type: (struct_type)) .) @struct
    (type_declaration . (type_spec name: (_) @name type: (interface_type)) .) @interface
    (type_declaration . (type_spec name: (_) @name) .) @type
    (type_spec name: (_) @name type: (struct_type)) @struct
    (type_spec name: (_) @name type: (interface_type)) @interface
    (type_spec name: (_) @name) @type
    (type_alias name: (_) @name) @type
    (source_file (const_declaration (const_spec name: (_) @name) @constant))
    (source_file (var_declaration (var_spec name: (_) @name) @variable))
    (source_file (var_declaration (var_spec_list (var_spec name: (_) @name) @variable)))
    """,
    "(import_spec path: (_) @import)",
    ("identifier", "field_identifier", "type_identifier", "package_identifier"),
)

_RUST = Grammar(
    "tree_sitter_rust",
    """
    (function_item name: (_) @name) @function
    (function_signature_item name: (_) @name) @prototype
    (struct_item name: (_) @name) @struct
    (union_item name: (_) @name) @struct
    (enum_item name: (_) @name) @enum
    (trait_item name: (_) @name) @trait
    (impl_item type: [(type_identifier) (scoped_type_identifier) (primitive_type) (reference_type) (tuple_type)
        (array_type) (dynamic_type)] @name) @impl
    (impl_item type: (generic_type type: (_) @name)) @impl
    (mod_item name: (_) @name body: (_)) @module
    (macro_definition name: (_) @name) @macro
    (type_item name: (_) @name) @type
    (const_item name: (_) @name) @constant
    (static_item name: (_) @name) @constant
    """,
    """
    (use_declaration argument: (_) @import)
    (mod_item name: (_) @import !body)
    (extern_crate_declaration name: (_) @import)
    """,
    ("identifier", "type_identifier", "field_identifier"),
    ("line_comment", "block_comment"),
    leads=("attribute_item",),
)

_JAVA = Grammar(
    "tree_sitter_java",
    """
    (class_declaration name: (_) @name) @class
    (interface_declaration name: (_) @name) @interface
    (enum_declaration name: (_) @name) @enum
    (record_declaration name: (_) @name) @class
    (annotation_type_declaration name: (_) @name) @interface
    (method_declaration name: (_) @name) @method
    (constructor_declaration name: (_) @name) @constructor
    (compact_constructor_declaration name: (_) @name) @constructor
    (field_declaration declarator: (variable_declarator name: (_) @name)) @field
    (constant_declaration declarator: (variable_declarator name: (_) @name)) @constant
    (enum_constant name: (_) @name) @constant
    """,
    "(import_declaration [(scoped_identifier) (identifier)] @import)",
    ("identifier", "type_identifier"),
    ("line_comment", "block_comment"),
    leads=("annotation", "marker_annotation"),
)

_C_DEFINITIONS = """
    (struct_specifier name: (_) @name body: (_)) @struct
    (union_specifier name: (_) @name body: (_)) @struct
    (enum_specifier name: (_) @name body: (_)) @enum
    (type_definition declarator: (type_identifier) @name) @type
    (type_definition declarator: (_ (type_identifier) @name)) @type
    (preproc_def name: (_) @name value: (_)) @constant
    (preproc_function_def name: (_) @name) @macro
    (translation_unit (declaration declarator: (init_declarator declarator: [
        (identifier) @name (_ (identifier) @name)])) @variable)
    (enumerator name: (_) @name) @constant
    """
_C_FUNCTIONS = """
    (function_definition declarator: (function_declarator declarator: (identifier) @name)) @function
    (function_definition declarator: (_ (function_declarator declarator: (identifier) @name))) @function
    (function_definition declarator: (_ (_ (function_declarator declarator: (identifier) @name)))) @function
    (declaration declarator: (function_declarator declarator: (identifier) @name)) @prototype
    (declaration declarator: (pointer_declarator (function_declarator declarator: (identifier) @name))) @prototype
    """
_C_IDENTIFIERS = ("identifier", "type_identifier", "field_identifier")
_C_IMPORTS = "(preproc_include path: [(string_literal) (system_lib_string)] @import)"
_C = Grammar("tree_sitter_c", _C_FUNCTIONS + _C_DEFINITIONS, _C_IMPORTS, _C_IDENTIFIERS)
_CPP = Grammar(
    "tree_sitter_cpp",
    _C_FUNCTIONS
    + """
    (function_definition declarator: (function_declarator declarator: [(field_identifier) (destructor_name)
        (operator_name)] @name)) @function
    (function_definition declarator: (_ (function_declarator declarator: [(field_identifier) (operator_name)]
        @name))) @function
    (function_definition declarator: (function_declarator declarator:
        (qualified_identifier scope: (_) @container name: (_) @name))) @function
    (function_definition declarator: (_ (function_declarator declarator:
        (qualified_identifier scope: (_) @container name: (_) @name)))) @function
    (field_declaration declarator: (function_declarator declarator: (_) @name)) @prototype
    (field_declaration declarator: (_ (function_declarator declarator: (field_identifier) @name))) @prototype
    (class_specifier name: (_) @name body: (_)) @class
    (namespace_definition name: (_) @name) @namespace
    (alias_declaration name: (_) @name) @type
    (concept_definition name: (_) @name) @type
    """
    + _C_DEFINITIONS,
    _C_IMPORTS,
    (*_C_IDENTIFIERS, "namespace_identifier"),
    leads=("template_parameter_list",),
)

_CSHARP = Grammar(
    "tree_sitter_c_sharp",
    """
    (class_declaration name: (_) @name) @class
    (struct_declaration name: (_) @name) @struct
    (record_declaration name: (_) @name) @class
    (interface_declaration name: (_) @name) @interface
    (enum_declaration name: (_) @name) @enum
    (delegate_declaration name: (_) @name) @type
    (namespace_declaration name: (_) @name) @namespace
    (method_declaration name: (_) @name) @method
    (constructor_declaration name: (_) @name) @constructor
    (destructor_declaration name: (_) @name) @method
    (local_function_statement name: (_) @name) @function
    (property_declaration name: (_) @name) @property
    (event_declaration name: (_) @name) @property
    (field_declaration (variable_declaration (variable_declarator name: (_) @name))) @field
    (event_field_declaration (variable_declaration (variable_declarator name: (_) @name))) @field
    (enum_member_declaration name: (_) @name) @constant
    """,
    "(using_directive [(qualified_name) (identifier)] @import)",
    leads=("attribute_list",),
)

_RUBY = Grammar(
    "tree_sitter_ruby",
    """
    (class name: [(constant) @name (scope_resolution scope: (_)? @container name: (_) @name)]) @class
    (module name: [(constant) @name (scope_resolution scope: (_)? @container name: (_) @name)]) @module
    (method name: (_) @name) @function
    (singleton_method name: (_) @name) @function
    (assignment left: (constant) @name) @constant
    (alias name: (_) @name) @function
    """,
    """
    (call method: (identifier) @_called arguments: (argument_list . (string (string_content) @import))
        (#match? @_called "^(require|require_relative|load|autoload)$"))
    """,
    ("identifier", "constant", "instance_variable"),
)

_PHP = Grammar(
    "tree_sitter_php",
    """
    (class_declaration name: (_) @name) @class
    (interface_declaration name: (_) @name) @interface
    (trait_declaration name: (_) @name) @trait
    (enum_declaration name: (_) @name) @enum
    (function_definition name: (_) @name) @function
    (method_declaration name: (_) @name) @method
    (namespace_definition name: (_) @name body: (_)) @namespace
    (const_declaration (const_element . (_) @name)) @constant
    (property_declaration (property_element name: (variable_name (name) @name))) @field
    (enum_case name: (_) @name) @constant
    """,
    """
    (namespace_use_clause [(qualified_name) (name)] @import)
    (include_expression (_) @import)
    (include_once_expression (_) @import)
    (require_expression (_) @import)
    (require_once_expression (_) @import)
    """,
    ("name",),
    leads=("attribute_list",),
    function="language_php",
)

_BASH = Grammar(
    "tree_sitter_bash",
    """
    (function_definition name: (_) @name) @function
    (program (variable_assignment name: (_) @name) @variable)
    (program (declaration_command (variable_assignment name: (_) @name)) @variable)
    """,
    """
    (command name: (command_name) @_called . argument: (_) @import (#match? @_called "^(source|[.])$"))
    """,
    ("variable_name", "command_name"),
)

_SQL = Grammar(
    "tree_sitter_sql",
    """
    (create_table (object_reference name: (_) @name)) @table
    (create_view (object_reference name: (_) @name)) @view
    (create_materialized_view (object_reference name: (_) @name)) @view
    (create_function (object_reference name: (_) @name)) @function
    (create_index column: (identifier) @name) @index
    (create_trigger . (object_reference name: (_) @name)) @trigger
    (create_type (object_reference name: (_) @name)) @type
    """,
    comments=("comment", "marginalia"),
)

_JSON = Grammar(
    "tree_sitter_json",
    "(document (object (pair key: (string (string_content) @name)) @key))",
    identifiers=(),
)
_YAML = Grammar(
    "tree_sitter_yaml",
    "(document (block_node (block_mapping (block_mapping_pair key: (_) @name) @key)))",
    identifiers=(),
)
_TOML = Grammar(
    "tree_sitter_toml",
    """
    (document (pair . (_) @name) @key)
    (document (table . (_) @name) @key)
    (document (table_array_element . (_) @name) @key)
    """,
    identifiers=(),
)
_HTML = Grammar(
    "tree_sitter_html",
    "(element (start_tag (attribute (attribute_name) @_id (quoted_attribute_value (attribute_value) @name)))"
    ' (#eq? @_id "id")) @element',
    '(attribute (attribute_name) @_link (quoted_attribute_value (attribute_value) @import) (#eq? @_link "src"))',
    identifiers=(),
)
_CSS = Grammar(
    "tree_sitter_css",
    """
    (rule_set (selectors) @name) @rule
    (keyframes_statement (keyframes_name) @name) @rule
    """,
    """
    (import_statement (string_value) @import)
    (import_statement (call_expression (arguments (_) @import)))
    """,
    identifiers=("class_name", "id_name", "property_name"),
)

GRAMMARS: dict[str, Grammar] = {
    "python": _PYTHON,
    "javascript": _JAVASCRIPT,
    "typescript": _TYPESCRIPT,
    "tsx": _TSX,
    "go": _GO,
    "rust": _RUST,
    "java": _JAVA,
    "c": _C,
    "cpp": _CPP,
    "csharp": _CSHARP,
    "ruby": _RUBY,
    "php": _PHP,
    "bash": _BASH,
    "sql": _SQL,
    "json": _JSON,
    "yaml": _YAML,
    "toml": _TOML,
    "html": _HTML,
    "css": _CSS,
}
