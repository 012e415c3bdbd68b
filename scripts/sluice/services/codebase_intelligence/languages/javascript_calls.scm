; What JavaScript and TypeScript have in common.
(program (lexical_declaration (variable_declarator name: (identifier) @name value: (_)? @value) @definition.constant))
(program (variable_declaration (variable_declarator name: (identifier) @name value: (_)? @value) @definition.constant))
(program (export_statement
  (lexical_declaration (variable_declarator name: (identifier) @name value: (_)? @value) @definition.constant)))

(import_statement
  (import_clause (named_imports (import_specifier name: (_) @import.name alias: (_)? @import.alias)))
  source: (string) @import.module) @import
(import_statement (import_clause (identifier) @import.alias) source: (string) @import.module) @import
(export_statement
  (export_clause (export_specifier name: (_) @import.name alias: (_)? @import.alias))
  source: (string) @import.module) @reexport
(export_statement "*" @import.name source: (string) @import.module) @reexport
(export_statement (namespace_export (_) @import.alias) source: (string) @import.module) @reexport
(export_statement
  (export_clause (export_specifier name: (identifier) @import.name alias: (_) @import.alias)) !source) @reexport

; Express, Fastify, Koa, Hono: `app.get("/path", handler)`; a client's call gives no handler.
(call_expression
  function: (member_expression object: (_) @route.object property: (property_identifier) @route.method)
  arguments: (arguments . (string) @route.path
    [(identifier) (member_expression) (arrow_function) (function_expression) (call_expression) (array)] @route.handler .)
  (#any-of? @route.method "get" "post" "put" "delete" "del" "patch" "options" "head" "all")
  (#match? @route.path "^.[/*]")
  (#not-match? @route.object "([aA]xios|[cC]lient|[hH]ttp|request|supertest|fetch|cache|nock|scope|agent)$")) @route
; `router.route("/path").get(handler)`
(call_expression
  function: (member_expression
    object: (call_expression
      function: (member_expression object: (_) @route.object property: (property_identifier) @_route)
      arguments: (arguments . (string) @route.path))
    property: (property_identifier) @route.method)
  (#eq? @_route "route")
  (#any-of? @route.method "get" "post" "put" "delete" "patch" "options" "head" "all")) @route
; `app.use("/prefix", router)` of the same file
(call_expression
  function: (member_expression property: (property_identifier) @_use)
  arguments: (arguments . (string) @prefix.path (identifier) @prefix.object .)
  (#eq? @_use "use")) @prefix
(variable_declarator
  name: (identifier) @prefix.object
  value: (new_expression arguments: (arguments (object (pair
    key: (property_identifier) @_prefix value: (string) @prefix.path))))
  (#eq? @_prefix "prefix")) @prefix

(call_expression
  function: [(identifier) @event.verb (member_expression property: (property_identifier) @event.verb)]
  arguments: (arguments . (_)) @event.arguments
  (#any-of? @event.verb "publish" "emit" "xadd" "xAdd" "produce" "sendEvent" "publishEvent" "dispatchEvent" "sendToQueue"))
  @event.publishes
(call_expression
  function: [(identifier) @event.verb (member_expression property: (property_identifier) @event.verb)]
  arguments: (arguments . (_)) @event.arguments
  (#any-of? @event.verb "subscribe" "pSubscribe" "consume" "on" "once" "addListener" "addEventListener" "xReadGroup"
    "xreadgroup" "xGroupCreate" "bindQueue" "onEvent")) @event.consumes
