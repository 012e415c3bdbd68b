(class_declaration name: (type_identifier) @name body: (_) @body) @definition.class
(abstract_class_declaration name: (type_identifier) @name body: (_) @body) @definition.class
(variable_declarator name: (identifier) @name value: (class body: (_) @body)) @definition.class
(interface_declaration name: (type_identifier) @name body: (_) @body) @definition.interface
(enum_declaration name: (identifier) @name body: (_) @body) @definition.enum
(type_alias_declaration name: (type_identifier) @name) @definition.type
(internal_module name: (_) @name body: (_) @body) @definition.module
(module name: (_) @name body: (_) @body) @definition.module
(function_declaration name: (identifier) @name body: (_) @body) @definition.function
(generator_function_declaration name: (identifier) @name body: (_) @body) @definition.function
(function_signature name: (identifier) @name) @definition.function
(variable_declarator name: (identifier) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)])
  @definition.function
(method_definition name: (_) @name body: (_) @body) @definition.method
(method_signature name: (_) @name) @definition.method
(abstract_method_signature name: (_) @name) @definition.method
(public_field_definition name: (_) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.method
(public_field_definition name: (_) @name value: (_)? @value) @definition.constant
(enum_body [(property_identifier) @name (enum_assignment name: (_) @name value: (_) @value)] @definition.constant)

; NestJS and its relatives: the controller's path stands before that of its methods.
(class_declaration decorator: (decorator (call_expression
  function: (identifier) @_controller arguments: (arguments . (string) @prefix.path)))
  (#any-of? @_controller "Controller" "JsonController" "Path" "Route")) @prefix
(export_statement decorator: (decorator (call_expression
  function: (identifier) @_controller arguments: (arguments . (string) @prefix.path)))
  (#any-of? @_controller "Controller" "JsonController" "Path" "Route")) @prefix
(class_body
  (decorator (call_expression function: (identifier) @route.method arguments: (arguments . (string)? @route.path))) @route
  .
  (method_definition name: (_) @route.handler)
  (#any-of? @route.method "Get" "Post" "Put" "Delete" "Patch" "Options" "Head" "All"))
(class_body
  (decorator (call_expression function: (identifier) @event.verb arguments: (arguments) @event.arguments)) @event.consumes
  (#any-of? @event.verb "EventPattern" "OnEvent" "MessagePattern" "SubscribeMessage"))
