"""The grammars of compiled languages (code_grammar.py)."""

from rao_cli.documents.parsers.code_grammar import Grammar

GO = Grammar(
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
    (field_declaration name: (_) @name) @field
    (method_elem name: (_) @name) @prototype
    (source_file (const_declaration (const_spec name: (_) @name) @constant))
    (source_file (var_declaration (var_spec name: (_) @name) @variable))
    (source_file (var_declaration (var_spec_list (var_spec name: (_) @name) @variable)))
    """,
    "(import_spec path: (_) @import)",
    ("identifier", "field_identifier", "type_identifier", "package_identifier"),
)

RUST = Grammar(
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
    (enum_variant name: (_) @name) @constant
    (field_declaration name: (_) @name) @field
    """,
    """
    (use_declaration argument: (_) @import)
    (mod_item name: (_) @import !body)
    (extern_crate_declaration name: (_) @import)
    """,
    ("identifier", "type_identifier", "field_identifier"),
    ("line_comment", "block_comment"),
    leads=("attribute_item",),
    scope="::",
)

JAVA = Grammar(
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
    (type_definition declarator: (function_declarator (_ (_ (type_identifier) @name)))) @type
    (preproc_def name: (_) @name value: (_)) @constant
    (preproc_function_def name: (_) @name) @macro
    (translation_unit (declaration declarator: (init_declarator declarator: [
        (identifier) @name (_ (identifier) @name)])) @variable)
    (enumerator name: (_) @name) @constant
    (field_declaration declarator: (field_identifier) @name) @field
    (field_declaration declarator: (_ (field_identifier) @name)) @field
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
# A word in capitals before a type and a name, or between class and its name, is a macro such as an export mark.
_C_MACROS = (
    r"^[ \t]*#(?:\\\n|[^\n])*|\b[A-Z][A-Z0-9_]{2,60}(?=[ \t\n]{1,60}[A-Za-z_]\w{0,60}[ \t*&]{1,60}[A-Za-z_])"
    r"|(?<=\bclass )[A-Z][A-Z0-9_]{2,60}(?=[ \t]+[A-Za-z_])|(?<=\bstruct )[A-Z][A-Z0-9_]{2,60}(?=[ \t]+[A-Za-z_])"
)
C = Grammar("tree_sitter_c", _C_FUNCTIONS + _C_DEFINITIONS, _C_IMPORTS, _C_IDENTIFIERS, macros=_C_MACROS)
CPP = Grammar(
    "tree_sitter_cpp",
    """
    (class_specifier name: (template_type name: (_) @name) body: (_)) @class
    (struct_specifier name: (template_type name: (_) @name) body: (_)) @struct
    (function_definition declarator: (function_declarator declarator: (template_function name: (_) @name)))
        @function
    (function_definition declarator: (_ (function_declarator declarator: (template_function name: (_) @name))))
        @function
    """
    + _C_FUNCTIONS
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
    scope="::",
    macros=_C_MACROS,
)

CSHARP = Grammar(
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
