(class name: (_) @name) @definition.class
(module name: (_) @name) @definition.module
(method name: (_) @name) @definition.method
(singleton_method name: (_) @name) @definition.method
(assignment left: (constant) @name right: (_) @value) @definition.constant

; Rails and Sinatra: `get "/path", to: "orders#index"`, `get "/path" do … end`
(call
  !receiver
  method: (identifier) @route.method
  arguments: (argument_list . (string) @route.path) @route.arguments
  (#any-of? @route.method "get" "post" "put" "delete" "patch" "options" "head" "match")
  (#match? @route.path "^.[/a-z:*]")) @route

(call method: (identifier) @event.verb arguments: (argument_list) @event.arguments
  (#any-of? @event.verb "publish" "xadd" "emit" "broadcast" "instrument" "deliver_message" "produce")) @event.publishes
(call method: (identifier) @event.verb arguments: (argument_list) @event.arguments
  (#any-of? @event.verb "subscribe" "psubscribe" "xreadgroup" "on" "consume" "subscribes_to" "from_queue")) @event.consumes
