"""The grammars of scripting languages (code_grammar.py)."""

from rao_cli.documents.parsers.code_grammar import Grammar

PYTHON = Grammar(
    "tree_sitter_python",
    """
    (class_definition name: (_) @name) @class
    (function_definition name: (_) @name) @function
    (module (expression_statement (assignment left: (identifier) @name)) @constant)
    (module [(if_statement (block (expression_statement (assignment left: (identifier) @name)) @constant))
        (try_statement (block (expression_statement (assignment left: (identifier) @name)) @constant))
        (_ (else_clause (block (expression_statement (assignment left: (identifier) @name)) @constant)))
        (_ (except_clause (block (expression_statement (assignment left: (identifier) @name)) @constant)))])
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
    (class name: (_) @name) @class
    (assignment_expression left: [(identifier) @name
            (member_expression object: (_) @container property: (_) @name)]
        right: [(arrow_function) (function_expression)]) @function
    (pair key: (property_identifier) @name value: [(arrow_function) (function_expression)]) @function
    (program [(lexical_declaration (variable_declarator name: (identifier) @name))
              (variable_declaration (variable_declarator name: (identifier) @name))] @constant)
    (export_statement (lexical_declaration (variable_declarator name: (identifier) @name)) @constant)
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
    (ambient_declaration (lexical_declaration (variable_declarator name: (identifier) @name)) @constant)
    (enum_body name: (_) @name @constant)
    (enum_assignment name: (_) @name) @constant
    (method_signature name: (_) @name) @prototype
    (property_signature name: (_) @name) @field
    (abstract_method_signature name: (_) @name) @method
    (public_field_definition name: (_) @name
        value: [(arrow_function) (function_expression)]) @method
    (public_field_definition name: (_) @name) @field
    """
_SCRIPT_IDENTIFIERS = (
    "identifier",
    "property_identifier",
    "shorthand_property_identifier",
    "private_property_identifier",
)
JAVASCRIPT = Grammar(
    "tree_sitter_javascript",
    _SCRIPT_DEFINITIONS
    + """
    (field_definition property: (_) @name value: [(arrow_function) (function_expression)]) @method
    (field_definition property: (_) @name) @field
    """,
    _SCRIPT_IMPORTS,
    _SCRIPT_IDENTIFIERS,
    leads=("decorator",),
)
TYPESCRIPT, TSX = (
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

RUBY = Grammar(
    "tree_sitter_ruby",
    """
    (class name: [(constant) @name (scope_resolution scope: (_)? @container name: (_) @name)]) @class
    (module name: [(constant) @name (scope_resolution scope: (_)? @container name: (_) @name)]) @module
    (method name: (_) @name) @function
    (singleton_method name: (_) @name) @function
    (assignment left: (constant) @name) @constant
    (alias name: (_) @name) @function
    (call method: (identifier) @_called arguments: (argument_list (simple_symbol) @name)
        (#match? @_called "^(attr_(reader|writer|accessor)|alias_method|define_method)$")) @property
    """,
    """
    (call method: (identifier) @_called arguments: (argument_list . (string (string_content) @import))
        (#match? @_called "^(require|require_relative|load|autoload)$"))
    """,
    ("identifier", "constant", "instance_variable"),
)

PHP = Grammar(
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

BASH = Grammar(
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
