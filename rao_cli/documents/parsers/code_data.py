"""The grammars of queries, data and markup (code_grammar.py)."""

from rao_cli.documents.parsers.code_grammar import Grammar

SQL = Grammar(
    "tree_sitter_sql",
    """
    (create_table (object_reference name: (_) @name)) @table
    (create_view (object_reference name: (_) @name)) @view
    (create_materialized_view (object_reference name: (_) @name)) @view
    (create_function (keyword_function) . (object_reference name: (_) @name)) @function
    (create_index column: (identifier) @name) @index
    (create_trigger . (object_reference name: (_) @name)) @trigger
    (create_type (object_reference name: (_) @name)) @type
    """,
    comments=("comment", "marginalia"),
)

JSON = Grammar(
    "tree_sitter_json",
    "(document (object (pair key: (string (string_content) @name)) @key))",
    identifiers=(),
)
YAML = Grammar(
    "tree_sitter_yaml",
    "(document (block_node (block_mapping (block_mapping_pair key: (_) @name) @key)))",
    identifiers=(),
)
TOML = Grammar(
    "tree_sitter_toml",
    """
    (document (pair . (_) @name) @key)
    (document (table . (_) @name) @key)
    (document (table_array_element . (_) @name) @key)
    """,
    identifiers=(),
)
HTML = Grammar(
    "tree_sitter_html",
    "(element (start_tag (attribute (attribute_name) @_id (quoted_attribute_value (attribute_value) @name)))"
    ' (#eq? @_id "id")) @element',
    '(attribute (attribute_name) @_link (quoted_attribute_value (attribute_value) @import) (#eq? @_link "src"))',
    identifiers=(),
)
CSS = Grammar(
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
