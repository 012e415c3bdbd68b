"""One small file for each language: what is defined there, under which name, and which routes and events it has."""

import pytest

from sluice.services.codebase_intelligence.extract import extract
from sluice.services.codebase_intelligence.facts import CONSUMES, PUBLISHES, REEXPORT, REFERENCES
from sluice.services.codebase_intelligence.grammars import language_of

JAVASCRIPT = """\
export { X as Y } from "./impl.js";
export * from "./all";
export const NAME = "orders.created";
class Shop extends Base {
  constructor() {}
  open(day) { function inner() {} }
  run = () => 1;
}
const arrow = (x) => x;
app.get("/shops/:id", (req, res) => {});
axios.get("/no/route", { config });
app.use("/api", api);
api.delete("/y/:id", remove);
bus.publish("OrderCreated", {});
bus.on(NAME, handle);
"""
TYPESCRIPT = """\
export interface Shape { area(): number; }
export enum Color { Red, Green = 2 }
export type Id = string;
export abstract class Repo<T> {
  static readonly MAX = 3;
  abstract find(id: Id): T;
  async save(x: T): Promise<void> {}
}
export namespace Util { export function go(): void {} }
@Controller('cats')
export class Cats {
  @Get(':id') one() { return "" }
  @OnEvent('cat.fed') fed() {}
}
"""
GO = """\
package store

const Max = 3

type Store[T any] struct{ items []T }
type Reader interface {
	Read(p []byte) (int, error)
}

func New() *Store[int] { return nil }
func (s *Store[T]) Get(id string) T {
	mux.Handle("GET /orders/{id}", h)
	v1 := r.Group("/v1")
	v1.POST("/orders", create)
	rdb.XAdd(ctx, &redis.XAddArgs{Stream: "events.OrderCreated"})
	nc.Subscribe("order.created", handle)
}
"""
JAVA = """\
package com.shop.api;
@RestController @RequestMapping("/api/orders")
public class Orders extends Base {
  static final int MAX = 3;
  public Orders() {}
  @GetMapping("/{id}") public Order get(Long id) { return null; }
  @RequestMapping(value = "/x", method = RequestMethod.PUT) void put() {}
  @KafkaListener(topics = "OrderCreated") void on() {}
  void pub() { events.publishEvent(new OrderShipped(1)); }
  interface Inner { void go(); }
  enum State { NEW }
  record Point(int x) {}
}
"""
RUST = """\
pub use crate::model::Order;
pub const MAX: u32 = 3;
pub struct Shop<T> { a: T }
enum State { New }
pub trait Open { fn open(&self); }
impl<T> Open for Shop<T> { fn open(&self) {} }
mod util { pub fn go() {} }
macro_rules! shout { () => {} }
#[get("/shops/{id}")]
async fn read() {}
fn app() { Router::new().route("/orders", post(create)); con.xadd("events.OrderCreated", "*", &[]); }
"""
C = """\
#define LIMIT 3
struct point { int x; };
typedef int (*callback)(int);
enum color { RED };
int declared(int a);
static int total = 0;
char *name(void) { return 0; }
"""
CPP = """\
namespace shop { namespace inner {
template<class T> class Store { public: T get(int id) const { return x; } void put(T t); };
enum class Color { Red };
int Store<int>::put(int t) { return 1; }
} }
void Free::run() {}
int main() { return 0; }
"""
CSHARP = """\
namespace Shop.Api;
[ApiController] [Route("api/orders")]
public class Orders : Base {
  public const int Max = 3;
  public int Size { get; set; }
  [HttpGet("{id}")] public Order Get(int id) { return null; }
  void Send() { bus.Publish<OrderCreated>(x); bus.Subscribe("OrderPaid", Handle); }
  interface IGo { void Go(); }
  struct Point {}
}
"""
RUBY = """\
module Shop
  LIMIT = 3
  class Order < Base
    def total; end
    def self.find(id); end
  end
end
def top; end
get '/orders/:id', to: 'orders#show'
redis.publish("OrderCreated", 1)
"""
CASES = {
    "a.js": (
        JAVASCRIPT,
        (
            "constant NAME 3, class Shop 4, method Shop.constructor 5, method Shop.open 6, function Shop.open.inner 6, "
            "method Shop.run 7, function arrow 9"
        ),
        "GET /shops/:id, DELETE /api/y/:id",
        "publishes ordercreated, consumes name",
    ),
    "a.tsx": (
        TYPESCRIPT,
        (
            "interface Shape 1, method Shape.area 1, enum Color 2, constant Color.Green 2, type Id 3, class Repo 4, "
            "constant Repo.MAX 5, method Repo.find 6, "
            "method Repo.save 7, module Util 9, function Util.go 9, class Cats 11"
        ),
        "GET /cats/:id",
        "consumes catfed",
    ),
    "a.go": (
        GO,
        (
            "constant store.Max 3, struct store.Store 5, interface store.Reader 6, method store.Reader.Read 7, "
            "function store.New 10, method store.Store.Get 11"
        ),
        "GET /orders/{id}, POST /v1/orders",
        "publishes ordercreated, consumes ordercreated",
    ),
    "A.java": (
        JAVA,
        (
            "class com.shop.api.Orders 2, constant com.shop.api.Orders.MAX 4, method com.shop.api.Orders.Orders 5, "
            "method com.shop.api.Orders.get 6, interface com.shop.api.Orders.Inner 10, "
            "enum com.shop.api.Orders.State 11, constant com.shop.api.Orders.State.NEW 11, "
            "class com.shop.api.Orders.Point 12"
        ),
        "GET /api/orders/{id}, PUT /api/orders/x",
        "publishes ordershipped, consumes ordercreated",
    ),
    "src/shop.rs": (
        RUST,
        (
            "constant MAX 2, struct Shop 3, enum State 4, constant State.New 4, trait Open 5, method Open.open 5, "
            "method Shop.open 6, module util 7, function util.go 7, macro shout 8, function read 10, function app 11"
        ),
        "GET /shops/{id}, POST /orders",
        "publishes ordercreated",
    ),
    "a.c": (
        C,
        (
            "constant LIMIT 1, struct point 2, type callback 3, enum color 4, constant color.RED 4, "
            "declaration declared 5, constant total 6, function name 7"
        ),
        "",
        "",
    ),
    "a.hpp": (
        CPP,
        (
            "class shop.inner.Store 2, method shop.inner.Store.get 2, declaration shop.inner.Store.put 2, "
            "enum shop.inner.Color 3, method shop.inner.Store.put 4, method Free.run 6, function main 7"
        ),
        "",
        "",
    ),
    "A.cs": (
        CSHARP,
        (
            "class Shop.Api.Orders 2, constant Shop.Api.Orders.Max 4, property Shop.Api.Orders.Size 5, "
            "method Shop.Api.Orders.Get 6, interface Shop.Api.Orders.IGo 8, struct Shop.Api.Orders.Point 9"
        ),
        "GET /api/orders/{id}",
        "publishes ordercreated, consumes orderpaid",
    ),
    "a.rb": (
        RUBY,
        (
            "module Shop 1, constant Shop.LIMIT 2, class Shop.Order 3, method Shop.Order.total 4, "
            "method Shop.Order.find 5, function top 8"
        ),
        "GET /orders/:id",
        "publishes ordercreated",
    ),
}


def read(path):
    facts = extract(CASES[path][0].encode(), language_of(path))
    assert facts.problem == ""
    return facts.symbols


def listed(text):
    return set(text.split(", ")) - {""}


@pytest.mark.parametrize("path", CASES)
def test_definitions_have_their_kind_qualified_name_and_line(path):
    found = {f"{s.kind} {s.qualified} {s.line}" for s in read(path) if s.kind not in {*REFERENCES, "route"}}
    assert listed(CASES[path][1]) - found == set()


@pytest.mark.parametrize("path", CASES)
def test_routes_have_their_method_and_whole_path(path):
    assert {s.name for s in read(path) if s.kind == "route"} == listed(CASES[path][2])


@pytest.mark.parametrize("path", CASES)
def test_events_are_published_and_consumed_by_calls_and_annotations(path):
    found = {f"{s.kind} {s.name}" for s in read(path) if s.kind in {PUBLISHES, CONSUMES}}
    assert listed(CASES[path][3]) - found == set()


@pytest.mark.parametrize(
    ("path", "targets"),
    [("a.js", {("Y", "./impl.js:X"), ("*", "./all:*")}), ("src/shop.rs", {("Order", "crate::model:Order")})],
)
def test_reexports_say_what_they_pass_on(path, targets):
    assert {(s.name, s.target) for s in read(path) if s.kind == REEXPORT} == targets
