(file_scoped_namespace_declaration name: (_) @package)
(namespace_declaration name: (_) @name body: (_) @body) @scope.block
(class_declaration name: (identifier) @name) @definition.class
(record_declaration name: (identifier) @name) @definition.class
(struct_declaration name: (identifier) @name) @definition.struct
(interface_declaration name: (identifier) @name) @definition.interface
(enum_declaration name: (identifier) @name) @definition.enum
(enum_member_declaration name: (identifier) @name) @definition.constant
(delegate_declaration name: (identifier) @name) @definition.type
(method_declaration name: (identifier) @name) @definition.method
(constructor_declaration name: (identifier) @name) @definition.method
(local_function_statement name: (identifier) @name) @definition.function
(property_declaration name: (identifier) @name) @definition.property
(field_declaration (variable_declaration (variable_declarator name: (identifier) @name (_)? @value))) @definition.constant

; ASP.NET: attributes of controllers, and minimal APIs
(class_declaration (attribute_list (attribute name: (identifier) @_route
  (attribute_argument_list . (attribute_argument (string_literal) @prefix.path))))
  (#any-of? @_route "Route" "RoutePrefix")) @prefix
(method_declaration
  (attribute_list (attribute name: (identifier) @route.method
    (attribute_argument_list . (attribute_argument (string_literal) @route.path))?))
  name: (identifier) @route.handler
  (#any-of? @route.method "HttpGet" "HttpPost" "HttpPut" "HttpDelete" "HttpPatch" "HttpHead" "HttpOptions")) @route
(invocation_expression
  function: (member_access_expression expression: (_) @route.object name: (identifier) @route.method)
  arguments: (argument_list . (argument (string_literal) @route.path) (argument (_) @route.handler))
  (#any-of? @route.method "MapGet" "MapPost" "MapPut" "MapDelete" "MapPatch")) @route
(variable_declarator
  name: (identifier) @prefix.object
  (invocation_expression
    function: (member_access_expression expression: (_) @prefix.parent name: (identifier) @_group)
    arguments: (argument_list . (argument (string_literal) @prefix.path)))
  (#eq? @_group "MapGroup")) @prefix

(invocation_expression
  function: [(identifier) @event.verb (member_access_expression name: (_) @event.verb)]
  arguments: (argument_list) @event.arguments
  (#match? @event.verb "^(Publish|PublishAsync|StreamAdd|StreamAddAsync|BasicPublish|BasicPublishAsync|ProduceAsync|Emit)(<.*>)?$"))
  @event.publishes
(invocation_expression
  function: [(identifier) @event.verb (member_access_expression name: (_) @event.verb)]
  arguments: (argument_list) @event.arguments
  (#match? @event.verb "^(Subscribe|SubscribeAsync|StreamReadGroup|StreamReadGroupAsync|BasicConsume|QueueBind)(<.*>)?$"))
  @event.consumes
