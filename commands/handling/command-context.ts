/** What a command needs beside its own content: its id, actor and time, made from the caller's request and checked once, at the edge. */
import { v7 } from 'uuid';
import type { Refusal } from '../../domain/shared/decider.ts';
import { canonicalUuid, type AppId } from '../../domain/shared/ids.ts';
import { DAY_MS, instant, MINUTE_MS, msBetween, plus, type Instant } from '../../domain/shared/instant.ts';
import type { Place } from './in-order.ts';
import { commandIdOf, requestHashOf, uuidV7Time } from './deterministic-ids.ts';

const COMMAND_AGE_MAX_DAYS = 7;
/** How far a client's clock may be ahead of ours, or behind. */
export const CLOCK_SKEW_MAX_MS = 5 * MINUTE_MS;
/** A key that tells no time is remembered for so long. */
const KEY_REMEMBERED_MS = DAY_MS;

/** In place of a hash that nothing would ever be compared with: workers give most of their commands under keys of their own. */
const FRESH = 'fresh';

export type CommandContext = {
  /** The command's id: UUIDv5(actor, command type, client's key). */
  readonly command: string;
  /** The keyed hash of the request's body; `FRESH` where no other request can come under the same key. */
  readonly request: string;
  readonly actor: string;
  readonly at: Instant;
  /** No event of this command can be older than this; undefined: the key is new, so there can be no event yet. */
  readonly since: Instant | undefined;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly app?: AppId;
  /** Why the actor may give no new command now. One that was handled before gets its first result all the same. */
  readonly barred?: Refusal;
  /** An importer gives the command: what it is about happened elsewhere, at this time. Nobody is told of it, and nothing is sent for it. */
  readonly imported?: { readonly happenedAt: Instant };
  /** Among commands of the same client that are under way together. */
  readonly place?: Place;
};

export type CommandRequest = {
  readonly actor: string;
  readonly type: string;
  /** The client's idempotency key: a UUIDv7, in either case, tells when the command was made; any other text is remembered for 24 hours. */
  readonly key: string;
  /** The key was made by us just now: never refused as too old or too new. */
  readonly fresh?: true;
  readonly body: unknown;
  readonly at: Instant;
  readonly correlationId?: string;
  readonly causationId?: string;
  readonly app?: AppId;
};

/** `key` follows from the source alone: whoever imports the same thing again, however late, gives the same command. */
export type ImportRequest = Pick<CommandRequest, 'actor' | 'type' | 'key' | 'body' | 'at' | 'correlationId'> & { readonly happenedAt: Instant };

export type ContextFor = (
  request: CommandRequest,
) => { readonly outcome: 'accepted'; readonly context: CommandContext } | { readonly outcome: 'refused'; readonly refusal: Refusal };

/** `secret` keys the hash of the request. */
export const contextWith =
  (secret: Uint8Array): ContextFor =>
  ({ actor, type, key, fresh, body, at, correlationId, causationId, app }) => {
    // A key of ours tells nothing: the generator of UUIDv7 goes on from its last time where the clock was set back.
    const made = fresh === true ? undefined : uuidV7Time(key);
    if (made !== undefined && msBetween(at, made) > CLOCK_SKEW_MAX_MS) return refused({ code: 'clock-skew', facts: { serverTime: at } });
    if (made !== undefined && msBetween(made, at) > COMMAND_AGE_MAX_DAYS * DAY_MS)
      return refused({ code: 'command-expired', facts: { maxDays: COMMAND_AGE_MAX_DAYS } });
    const command = commandIdOf(actor, type, canonicalUuid(key));
    return {
      outcome: 'accepted',
      context: {
        command,
        request: fresh === true ? FRESH : requestHashOf(secret, body),
        actor,
        at,
        since: fresh === true ? undefined : made === undefined ? plus(at, -KEY_REMEMBERED_MS) : plus(made, -CLOCK_SKEW_MAX_MS),
        correlationId: correlationId ?? command,
        ...(causationId === undefined ? {} : { causationId }),
        ...(app === undefined ? {} : { app }),
      },
    };
  };

/**
 * For a command that an importer gives. Its id doesn't depend on who imports, and its key is no UUIDv7 of ours whatever it looks like, so
 * it is never too old; what it has led to before is looked up as far back as its stream goes.
 */
export function importContext(contextFor: ContextFor, { actor, type, key, body, at, correlationId, happenedAt }: ImportRequest): CommandContext {
  const made = contextFor({ actor, type, key: `${IMPORT}\n${key}`, body, at, ...(correlationId === undefined ? {} : { correlationId }) });
  if (made.outcome === 'refused') throw new Error(`A key of an import tells no time, and was refused as ${made.refusal.code}.`);
  return { ...made.context, command: importCommandIdOf(type, key), since: instant(0), imported: { happenedAt } };
}

export const importCommandIdOf = (type: string, key: string): string => commandIdOf(IMPORT, type, key);

/** In place of the actor. It is in stored ids, and never changed. */
const IMPORT = 'import';

/** When what the command is about happened: long ago, where it is imported. */
export const happenedAt = ({ at, imported }: Pick<CommandContext, 'at' | 'imported'>): Instant => imported?.happenedAt ?? at;

/**
 * For a step before a command's last one: the step may have been undone since it was first taken, so it has to be decided again and
 * must not get its first result. The step's decider knows whether it still holds.
 */
export const withFreshCommandId = ({ place: _ofTheLastStep, ...context }: CommandContext): CommandContext => ({ ...context, command: v7(), since: undefined });

const refused = (refusal: Refusal) => ({ outcome: 'refused', refusal }) as const;
