(struct_item name: (type_identifier) @name body: (_)? @body) @definition.struct
(union_item name: (type_identifier) @name body: (_) @body) @definition.struct
(enum_item name: (type_identifier) @name body: (_) @body) @definition.enum
(enum_variant name: (identifier) @name) @definition.constant
(trait_item name: (type_identifier) @name body: (_) @body) @definition.trait
(type_item name: (type_identifier) @name) @definition.type
(mod_item name: (identifier) @name body: (_) @body) @definition.module
(impl_item type: (_) @name) @scope.type
(function_item name: (identifier) @name body: (_) @body) @definition.function
(function_signature_item name: (identifier) @name) @definition.function
(const_item name: (identifier) @name value: (_)? @value) @definition.constant
(static_item name: (identifier) @name value: (_)? @value) @definition.constant
(macro_definition name: (identifier) @name) @definition.macro

(use_declaration (visibility_modifier) argument: (scoped_identifier) @import.path) @reexport
(use_declaration (visibility_modifier)
  argument: (use_as_clause path: (scoped_identifier) @import.path alias: (identifier) @import.alias)) @reexport
(use_declaration (visibility_modifier)
  argument: (scoped_use_list path: (_) @import.module list: (use_list (identifier) @import.name))) @reexport
(use_declaration (visibility_modifier) argument: (use_wildcard (_) @import.module "*" @import.name)) @reexport

; actix, rocket: an attribute before the function; axum: `.route("/path", get(handler))`
((attribute_item (attribute (identifier) @route.method arguments: (token_tree . (string_literal) @route.path))) @route
  .
  (function_item name: (identifier) @route.handler)
  (#any-of? @route.method "get" "post" "put" "delete" "patch" "head" "options"))
(call_expression
  function: (field_expression field: (field_identifier) @_route)
  arguments: (arguments . (string_literal) @route.path
    (call_expression
      function: [(identifier) @route.method (scoped_identifier name: (identifier) @route.method)]
      arguments: (arguments . (_) @route.handler)))
  (#eq? @_route "route")
  (#any-of? @route.method "get" "post" "put" "delete" "patch" "head" "options" "any")) @route

(call_expression
  function: [(identifier) @event.verb (field_expression field: (field_identifier) @event.verb)]
  arguments: (arguments) @event.arguments
  (#any-of? @event.verb "publish" "xadd" "emit" "produce" "publish_event" "basic_publish")) @event.publishes
(call_expression
  function: [(identifier) @event.verb (field_expression field: (field_identifier) @event.verb)]
  arguments: (arguments) @event.arguments
  (#any-of? @event.verb "subscribe" "psubscribe" "xread_options" "xgroup_create" "xgroup_create_mkstream" "basic_consume"
    "queue_bind")) @event.consumes
