(package_declaration (_) @package)
(class_declaration name: (identifier) @name body: (_) @body) @definition.class
(record_declaration name: (identifier) @name body: (_) @body) @definition.class
(interface_declaration name: (identifier) @name body: (_) @body) @definition.interface
(annotation_type_declaration name: (identifier) @name body: (_) @body) @definition.interface
(enum_declaration name: (identifier) @name body: (_) @body) @definition.enum
(enum_constant name: (identifier) @name) @definition.constant
(method_declaration name: (identifier) @name body: (_)? @body) @definition.method
(constructor_declaration name: (identifier) @name body: (_) @body) @definition.method
(field_declaration declarator: (variable_declarator name: (identifier) @name value: (_)? @value)) @definition.constant
(constant_declaration declarator: (variable_declarator name: (identifier) @name value: (_)? @value)) @definition.constant

; Spring and JAX-RS: the annotation of the class stands before that of the method.
(class_declaration (modifiers (annotation name: (identifier) @_mapping
  arguments: (annotation_argument_list [(string_literal) @prefix.path
    (element_value_pair value: (string_literal) @prefix.path)])))
  (#any-of? @_mapping "RequestMapping" "Path" "Controller")) @prefix
(interface_declaration (modifiers (annotation name: (identifier) @_mapping
  arguments: (annotation_argument_list [(string_literal) @prefix.path
    (element_value_pair value: (string_literal) @prefix.path)])))
  (#any-of? @_mapping "RequestMapping" "Path" "FeignClient")) @prefix
(method_declaration
  (modifiers (annotation name: (identifier) @route.method
    arguments: (annotation_argument_list [(string_literal) @route.path
      (element_value_pair key: (identifier) @_key value: (string_literal) @route.path)
      (element_value_array_initializer (string_literal) @route.path)
      (element_value_pair value: (element_value_array_initializer (string_literal) @route.path))]) @route.arguments))
  name: (identifier) @route.handler
  (#any-of? @route.method "GetMapping" "PostMapping" "PutMapping" "DeleteMapping" "PatchMapping" "RequestMapping"
    "Get" "Post" "Put" "Delete" "Patch")
  (#any-of? @_key "value" "path")) @route
(method_declaration
  (modifiers (marker_annotation name: (identifier) @route.method))
  name: (identifier) @route.handler
  (#any-of? @route.method "GetMapping" "PostMapping" "PutMapping" "DeleteMapping" "PatchMapping")) @route
(method_declaration
  (modifiers (marker_annotation name: (identifier) @route.method)
    (annotation name: (identifier) @_path arguments: (annotation_argument_list (string_literal) @route.path))?)
  name: (identifier) @route.handler
  (#any-of? @route.method "GET" "POST" "PUT" "DELETE" "PATCH")
  (#eq? @_path "Path")) @route

(method_invocation name: (identifier) @event.verb arguments: (argument_list) @event.arguments
  (#any-of? @event.verb "publish" "publishEvent" "emit" "convertAndSend" "send" "xadd" "basicPublish" "fireEvent")) @event.publishes
(method_invocation name: (identifier) @event.verb arguments: (argument_list) @event.arguments
  (#any-of? @event.verb "subscribe" "psubscribe" "basicConsume" "xreadGroup" "xgroupCreate" "queueBind")) @event.consumes
(annotation name: (identifier) @event.verb arguments: (annotation_argument_list) @event.arguments
  (#any-of? @event.verb "KafkaListener" "RabbitListener" "EventListener" "JmsListener" "StreamListener" "Incoming" "SqsListener"
    "TransactionalEventListener")) @event.consumes
(method_declaration
  (modifiers (marker_annotation name: (identifier) @event.verb))
  parameters: (formal_parameters . (formal_parameter type: (_) @event.arguments))
  (#any-of? @event.verb "EventListener" "TransactionalEventListener" "EventHandler" "Subscribe" "KafkaHandler")) @event.consumes
