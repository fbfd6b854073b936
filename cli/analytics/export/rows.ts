/** An event of the log as a row of its table, by the columns' names. What is sealed or erased is null. */
import type { LogLine } from '../../../app/control/log-line.ts';
import { OWN_MOMENT, tableOf, UNDECODABLE, type Table } from '../../../app/analytics/tables.ts';
import { categoryOf } from '../../../domain/deciders.ts';
import type { Position } from '../../../ports/event-log/port.ts';
import { logNumberOf, offsetIn } from '../../../ports/event-log/position.ts';

export type Row = { readonly table: Table; readonly day: string; readonly values: Readonly<Record<string, unknown>> };

const NO_DAY = 'unknown';

export function rowOf(line: LogLine): Row {
  const { stream, revision, type, at, actor, app, id, correlationId, causationId, undecodable } = line;
  const position = line.position as Position;
  const table = undecodable === undefined ? tableOf(type) : UNDECODABLE;
  const data = (line.data ?? {}) as Readonly<Record<string, unknown>>;
  const own = data[OWN_MOMENT];
  const occurredAt = typeof own === 'string' ? own : at;
  const category = categoryOf(stream);
  const values = {
    log: logNumberOf(position),
    position: String(offsetIn(position, logNumberOf(position)) ?? ''), // may be more than a number holds exactly
    stream,
    category,
    stream_key: stream.slice(category.length + 1),
    revision,
    event_type: type,
    event_id: id,
    occurred_at: occurredAt,
    recorded_at: at,
    actor,
    acting_app: app ?? null,
    correlation_id: correlationId,
    causation_id: causationId ?? null,
    ...(undecodable === undefined ? {} : { reason: undecodable }),
    ...Object.fromEntries(table.fields.map(({ name, field }) => [name, shown(data[field])])),
  };
  return { table, day: occurredAt?.slice(0, 'yyyy-mm-dd'.length) ?? NO_DAY, values };
}

function shown(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' && ('sealed' in value || 'erased' in value) && Object.keys(value).length === 1 ? null : value;
}
