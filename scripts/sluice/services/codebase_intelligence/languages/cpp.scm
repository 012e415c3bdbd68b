(class_specifier name: (_) @name body: (_) @body) @definition.class
(namespace_definition name: (_) @name body: (_) @body) @scope.block
(alias_declaration name: (type_identifier) @name) @definition.type
(concept_definition name: (identifier) @name) @definition.type
(function_definition
  declarator: (function_declarator declarator: [(qualified_identifier) (field_identifier) (destructor_name) (operator_name)] @name))
  @definition.function
(function_definition
  declarator: (_ (function_declarator declarator: [(qualified_identifier) (field_identifier) (operator_name)] @name)))
  @definition.function
(function_definition declarator: (reference_declarator (function_declarator declarator: (identifier) @name))) @definition.function
(field_declaration_list (field_declaration
  declarator: (function_declarator declarator: (field_identifier) @name)) @definition.declaration)
(field_declaration_list (field_declaration
  declarator: (_ (function_declarator declarator: (field_identifier) @name))) @definition.declaration)
(field_declaration (storage_class_specifier) declarator: (field_identifier) @name default_value: (_)? @value) @definition.constant
(namespace_definition body: (declaration_list
  (declaration declarator: (init_declarator declarator: (identifier) @name value: (_) @value)) @definition.constant))
