(package_clause (package_identifier) @package)
(function_declaration name: (identifier) @name body: (_)? @body) @definition.function
(method_declaration receiver: (parameter_list (parameter_declaration type: (_) @scope)) name: (field_identifier) @name
  body: (_)? @body) @definition.method
(type_spec name: (type_identifier) @name type: (struct_type (field_declaration_list) @body)) @definition.struct
(type_spec name: (type_identifier) @name type: (interface_type)) @definition.interface
(interface_type (method_elem name: (field_identifier) @name) @definition.method)
(type_spec name: (type_identifier) @name) @definition.type
(type_alias name: (type_identifier) @name) @definition.type
(source_file (const_declaration (const_spec name: (identifier) @name value: (expression_list . (_) @value)?) @definition.constant))
(source_file (var_declaration (var_spec name: (identifier) @name value: (expression_list . (_) @value)?) @definition.constant))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @definition.constant)))

; net/http, chi, gin, echo, gorilla, fiber
(call_expression
  function: (selector_expression operand: (_) @route.object field: (field_identifier) @route.method)
  arguments: (argument_list . (_) @route.path . (_) @route.handler)
  (#any-of? @route.method "HandleFunc" "Handle" "GET" "POST" "PUT" "DELETE" "PATCH" "OPTIONS" "HEAD" "Any" "Get" "Post"
    "Put" "Delete" "Patch" "Options" "Head" "All")
  (#match? @route.path "^[\"`]([A-Z]+ )?[^\"` ]*/")
  (#not-match? @route.object "([cC]lient|^http\.Get)$")) @route
; `api := r.Group("/v1")`
(short_var_declaration
  left: (expression_list . (identifier) @prefix.object)
  right: (expression_list . (call_expression
    function: (selector_expression operand: (_) @prefix.parent field: (field_identifier) @_group)
    arguments: (argument_list . (interpreted_string_literal) @prefix.path)))
  (#any-of? @_group "Group" "Party")) @prefix

(call_expression
  function: [(identifier) @event.verb (selector_expression field: (field_identifier) @event.verb)]
  arguments: (argument_list) @event.arguments
  (#any-of? @event.verb "Publish" "PublishEvent" "Emit" "XAdd" "Produce" "SendMessage" "PublishWithContext" "WriteMessages")) @event.publishes
(call_expression
  function: [(identifier) @event.verb (selector_expression field: (field_identifier) @event.verb)]
  arguments: (argument_list) @event.arguments
  (#any-of? @event.verb "Subscribe" "PSubscribe" "QueueSubscribe" "XReadGroup" "XGroupCreate" "XGroupCreateMkStream"
    "Consume" "ConsumePartition" "On" "SubscribeTopics" "QueueBind")) @event.consumes
