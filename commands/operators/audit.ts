/** What operators did: written before it is done, a stream a day, and read back from the log, which is there also where the views aren't. */
import { v7 } from 'uuid';
import { audit } from '../../domain/operators/audit.ts';
import type { AuditEvent } from '../../domain/operators/events.ts';
import type { RecordAction } from '../../domain/operators/actions.ts';
import { actorOfOperator, type ActingAs, type OperatorRole } from '../../domain/operators/roles.ts';
import { isErased } from '../../domain/shared/event.ts';
import { DAY_MS, dayOf, epochMs, instant, type Instant } from '../../domain/shared/instant.ts';
import { auditStream } from '../../domain/shared/streams.ts';
import { LogUnavailable } from '../../ports/event-log/port.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling } from '../handling/handle.ts';
import { readDecoded } from '../handling/load-stream.ts';

export const AUDIT_DAYS_MAX = 400;

export const recordActionsWith =
  ({ handle }: Pick<CommandHandling, 'handle'>, clock: () => Instant): RecordAction =>
  async ({ action, by: { operator, role }, reason, of, correlationId = v7() }) => {
    const append = async (day: string, event: AuditEvent) => {
      const command = v7();
      const actor = actorOfOperator(operator);
      const context = { command, request: command, actor, at: event.data.at, since: undefined, correlationId };
      const handled = await handle(audit, auditStream(day), event, context);
      if (handled.outcome === 'refused') throw new LogUnavailable(`the audit could not be appended to: ${handled.refusal.code}`);
    };
    const [id, at] = [v7(), clock()];
    const data = { id, action, operator, role, ...(reason === undefined ? {} : { reason }), ...(of === undefined ? {} : { of }), at };
    await append(dayOf(at), { type: 'operators.action-taken.v1', data });
    // In the stream of the day on which it was taken, so that whoever reads that day knows what became of it.
    return { failed: (code) => append(dayOf(at), { type: 'operators.action-failed.v1', data: { id, code, at: clock() } }) };
  };

/** `failed`: the code with which it could not be done; null where it was done, or is being done. */
export type AuditedAction = {
  readonly at: Instant;
  readonly operator: ActingAs;
  readonly role: OperatorRole;
  readonly action: string;
  readonly of: Readonly<Record<string, string | number>>;
  readonly reason: string | null;
  readonly failed: string | null;
  /** The events that it led to have the same. */
  readonly correlationId: string;
};

/** `days`: up to and with `to`, at most `AUDIT_DAYS_MAX`. */
export type AuditQuery = {
  readonly to: string;
  readonly days: number;
  /** Absent: of anybody. */
  readonly operators?: ReadonlySet<string> | undefined;
  readonly action?: string | undefined;
};

/** The newest first. One day is in memory at a time. */
export const readAudit = ({ log, codec }: Uses<'log' | 'codec'>) =>
  async function* ({ to, days, operators, action }: AuditQuery): AsyncIterable<AuditedAction> {
    const last = epochMs(`${to}T00:00:00.000Z` as Instant);
    for (let ago = 0; ago < Math.min(days, AUDIT_DAYS_MAX); ago++) {
      const failed = new Map<string, string>();
      // Backwards, a failure comes before what failed.
      for await (const events of readDecoded({ log, codec }, auditStream(dayOf(instant(last - ago * DAY_MS))), { from: 'end', direction: 'backwards' })) {
        for (const { type, data, metadata } of events) {
          if (type === 'operators.action-failed.v1') failed.set(data.id, data.code);
          if (type !== 'operators.action-taken.v1') continue;
          if ((operators !== undefined && !operators.has(data.operator)) || (action !== undefined && data.action !== action)) continue;
          const { id, reason, of = {}, ...taken } = data;
          const known = reason === undefined || isErased(reason) ? null : reason;
          yield {
            at: taken.at,
            operator: taken.operator,
            role: taken.role,
            action: taken.action,
            of,
            reason: known,
            failed: failed.get(id) ?? null,
            correlationId: metadata.$correlationId,
          };
        }
      }
    }
  };
