"""Queries that every page asks: their SQL is worked out once, as a prepared statement's is.

Django works out the SQL of a query each time anew, which costs several times what the database
takes to answer a look-up by key. For the two or three queries behind every page that is most of
the page. Everything else should stay an ordinary queryset.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row", bound=Model)


class Slot(Expression):
    """Stands in a filter for a value that each call gives: `filter(person=Slot("person", field))`.

    `field` says how the database stores the value.
    """

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    params: tuple[Any, ...]  # values, and slots for values
    compiler: SQLCompiler
    converters: Any
    columns: slice
    names: list[str]
    annotated: list[tuple[str, int]]  # what `annotate` adds, and in which column
    related: Any


class Prepared(Generic[Row]):
    """A queryset with slots, `select_related` and `annotate` included, that finds one row.

    `build` is called once for each kind of database, at the first question.
    """

    def __init__(self, build: Callable[[], "QuerySet[Row]"], using: str = "default") -> None:
        self._build = build
        self._using = using
        self._statements: dict[str, _Statement] = {}

    def first(self, **values: Any) -> Row | None:
        """The first row with these values in the slots, or None. One query."""
        connection = connections[self._using]
        statement = self._statements.get(connection.vendor) or self._prepare(connection)
        params = [
            part.output_field.get_db_prep_value(values[part.name], connection)
            if isinstance(part, Slot)
            else part
            for part in statement.params
        ]
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, params)
            found = cursor.fetchone()
        return None if found is None else self._row(statement, found)

    # What follows does what `django.db.models.query.ModelIterable` does, in two halves.

    def _prepare(self, connection: Any) -> _Statement:
        compiler = self._build()[:1].query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        info: Any = compiler.klass_info
        select: Any = compiler.select
        columns = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        statement = _Statement(
            sql=sql,
            params=tuple(params),
            compiler=compiler,
            converters=compiler.get_converters([column for column, _sql, _alias in select]),
            columns=columns,
            names=[column.target.attname for column, _sql, _alias in select[columns]],
            annotated=list(compiler.annotation_col_map.items()),
            related=get_related_populators(info, select, self._using),  # type: ignore[call-arg]
        )
        self._statements[connection.vendor] = statement
        return statement

    def _row(self, statement: _Statement, found: Any) -> Row:
        if statement.converters:
            [found] = statement.compiler.apply_converters([found], statement.converters)
        model: Any = statement.compiler.query.model
        row: Row = model.from_db(self._using, statement.names, found[statement.columns])
        for related in statement.related:
            related.populate(found, row)
        for name, column in statement.annotated:
            setattr(row, name, found[column])
        return row
