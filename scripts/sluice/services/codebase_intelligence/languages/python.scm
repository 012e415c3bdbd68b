; Definitions.
(function_definition name: (identifier) @name body: (block) @body) @definition.function
(class_definition name: (identifier) @name body: (block) @body) @definition.class
(type_alias_statement left: (type [(identifier) @name (generic_type (identifier) @name)])) @definition.type

; Constants: what a module or a class binds, also behind a condition or a try.
(module (expression_statement (assignment left: (identifier) @name right: (_)? @value) @definition.constant))
(module (expression_statement (assignment
  left: [(pattern_list (identifier) @name) (tuple_pattern (identifier) @name)]) @definition.constant))
(module (expression_statement (assignment right: (assignment left: (identifier) @name) @definition.constant)))
(module (_ (block (expression_statement (assignment left: (identifier) @name) @definition.constant))))
(module (_ (_ (block (expression_statement (assignment left: (identifier) @name) @definition.constant)))))
(class_definition body: (block
  (expression_statement (assignment left: (identifier) @name right: (_)? @value) @definition.constant)))
(class_definition body: (block
  (expression_statement (assignment left: (pattern_list (identifier) @name)) @definition.constant)))
(module (expression_statement (assignment left: (identifier) @_all right: (_) @exported)) (#eq? @_all "__all__"))
(module (expression_statement (augmented_assignment left: (identifier) @_all right: (_) @exported)) (#eq? @_all "__all__"))

; Imports; any of them may be a re-export.
(import_statement name: (dotted_name) @import.module) @import
(import_statement name: (aliased_import name: (dotted_name) @import.module alias: (identifier) @import.alias)) @import
(import_from_statement module_name: (_) @import.module name: (dotted_name) @import.name) @import
(import_from_statement module_name: (_) @import.module
  name: (aliased_import name: (dotted_name) @import.name alias: (identifier) @import.alias)) @import
(import_from_statement module_name: (_) @import.module (wildcard_import) @import.name) @import

; Routes: decorators of FastAPI, Starlette, Flask and their relatives; Django's urlpatterns; tables of routes.
(decorated_definition
  (decorator (call
    function: (attribute object: (_) @route.object attribute: (identifier) @route.method)
    arguments: (argument_list . (string) @route.path) @route.arguments))
  definition: (function_definition name: (identifier) @route.handler)
  (#any-of? @route.method "get" "post" "put" "delete" "patch" "options" "head" "trace" "route" "api_route" "websocket" "view")) @route
(decorated_definition
  (decorator (call
    function: (attribute object: (_) @route.object attribute: (identifier) @route.method)
    arguments: (argument_list . (string) @route.path) @route.arguments))
  definition: (class_definition name: (identifier) @route.handler)
  (#any-of? @route.method "route" "get" "post" "view")) @route
(call
  function: (identifier) @route.method
  arguments: (argument_list . (string) @route.path . (_) @route.handler) @route.arguments
  (#any-of? @route.method "path" "re_path" "url" "Route" "WebSocketRoute" "APIRoute")) @route
(call
  function: (attribute object: (_) @route.object attribute: (identifier) @route.method)
  arguments: (argument_list . (string) @route.path . (_) @route.handler) @route.arguments
  (#any-of? @route.method "add_api_route" "add_url_rule" "add_route" "add_get" "add_post" "add_put" "add_delete" "add_patch")) @route
(assignment
  left: (identifier) @prefix.object
  right: (call arguments: (argument_list
    (keyword_argument name: (identifier) @_prefix value: (string) @prefix.path)))
  (#any-of? @_prefix "prefix" "url_prefix")) @prefix

; Events: calls and decorators whose name says that something is published or consumed.
(call
  function: [(identifier) @event.verb (attribute attribute: (identifier) @event.verb)]
  arguments: (argument_list) @event.arguments
  (#any-of? @event.verb "publish" "publish_event" "spublish" "xadd" "emit" "emit_event" "produce" "send_event" "dispatch"
    "basic_publish" "send_and_wait" "publish_message" "raise_event" "enqueue")) @event.publishes
(call
  function: [(identifier) @event.verb (attribute attribute: (identifier) @event.verb)]
  arguments: (argument_list) @event.arguments
  (#any-of? @event.verb "subscribe" "psubscribe" "subscriber" "consume" "consumer" "consumes" "on" "on_event" "listen"
    "listener" "listens_to" "event_handler" "handler" "handles" "xgroup_create" "xreadgroup" "xread" "basic_consume"
    "queue_bind" "receiver" "connect" "KafkaConsumer" "AIOKafkaConsumer" "add_listener" "register_handler")) @event.consumes
