/**
 * Whether a person may give a new command now: not while they are suspended, not beyond what a day allows, not the same text again, and
 * not with words that the operator's check refuses. A command that was handled before gets its first result all the same
 * (`CommandContext.barred`), for whoever lost an answer must learn what became of it. Every edge and every worker comes by here.
 */
import { createHmac } from 'node:crypto';
import { refusalIfSuspended, standing } from '../../domain/moderation/standing.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { HOUR_MS, msBetween, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import { standingStream, userStream } from '../../domain/shared/streams.ts';
import { ContentCheckUnavailable, type CheckedContent, type ContentCheck } from '../../ports/content-check/port.ts';
import { RateLimitUnavailable, type Limit, type RateLimit } from '../../ports/rate-limit/port.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { LoadState } from '../handling/handle.ts';
import type { LogReader } from '../handling/load-stream.ts';
import type { CommandResult } from '../handling/results.ts';
import { ACTIVITY_LIMITS, NEW_ACCOUNT_LIMITS, SAME_TEXT_LIMIT, type Activity } from './activity-limits.ts';

export const NEW_ACCOUNT_HOURS = 72;
/** Moments of registering that are remembered; they never change. */
const REGISTERED_MAX = 100_000;

export type AdmissionConfig = {
  /** What stands in for a limit, by its name. */
  readonly limits?: Readonly<Record<string, Pick<Limit, 'points' | 'windowSeconds'>>>;
  readonly newAccountMs?: number;
  /** What is done with a text while the check is away: a wrong word may be seen for a while, or nobody can publish. `publish` where it is absent. */
  readonly unchecked?: 'publish' | 'refuse';
};

export type AdmissionDependencies = LogReader & {
  readonly loadState: LoadState;
  readonly rateLimit: Pick<RateLimit, 'take' | 'refund'>;
  /** Each is asked; what one refuses is refused. */
  readonly contentChecks?: readonly ContentCheck[];
  /** Keys the hashes of texts: nobody learns from the counts what was written. */
  readonly secret: Uint8Array;
  /** Is told what could not be asked. */
  readonly onUnavailable?: (what: string, error: unknown) => void;
};

/** What a command does, as far as it concerns others. `times`: how many of the day's it takes, 1 where it is absent. */
export type AskedAdmission = {
  readonly person: PersonId;
  readonly activity?: Activity | undefined;
  readonly times?: number;
  /** What others will read; with an activity, the same text is not taken twice. */
  readonly content?: CheckedContent;
  /** What is said of its pictures: others read it as well, and two pictures may be of the same. */
  readonly alts?: readonly string[];
  /** The same text is taken twice: it is counted when it is published. */
  readonly mayRepeat?: true;
  /** It is limited, and open to who is suspended. */
  readonly evenSuspended?: true;
};

export type Admit = <Result extends CommandResult | { readonly handled: CommandResult }>(
  asked: AskedAdmission,
  context: CommandContext,
  run: (context: CommandContext) => Promise<Result>,
) => Promise<Result>;

export function createAdmission(dependencies: AdmissionDependencies, config: AdmissionConfig = {}): Admit {
  const registeredAt = registeredIn(dependencies);
  const isNewAccount = async (person: PersonId, at: Instant) => {
    const registered = await registeredAt(person);
    return registered !== undefined && msBetween(registered, at) < (config.newAccountMs ?? NEW_ACCOUNT_HOURS * HOUR_MS);
  };
  const pointsOf = async (
    { person, activity, times: points = 1, content, mayRepeat }: AskedAdmission,
    { at }: CommandContext,
  ): Promise<readonly WantedPoints[]> => {
    if (activity === undefined) return [];
    const limits: Limit[] = [ACTIVITY_LIMITS[activity], ...((await isNewAccount(person, at)) ? [NEW_ACCOUNT_LIMITS[activity]] : [])];
    const wanted = limits.map((limit) => ({ limit, key: person as string, points }));
    if (content !== undefined && content.text !== '' && mayRepeat !== true)
      wanted.push({ limit: SAME_TEXT_LIMIT, key: textKey(dependencies.secret, person, content.text), points: 1 });
    return wanted.map(({ limit, ...rest }) => ({ ...rest, limit: { ...limit, ...config.limits?.[limit.name] } }));
  };
  return async (asked, context, run) => {
    const { person, content, alts = [], evenSuspended = false } = asked;
    const suspended = evenSuspended ? undefined : refusalIfSuspended((await dependencies.loadState(standing, standingStream(person))).state, context.at);
    if (suspended !== undefined) return run({ ...context, barred: suspended });
    // What was said elsewhere, long ago perhaps, is no flood now.
    if (context.imported !== undefined) return run(context);
    return withinLimits(dependencies, await pointsOf(asked, context), async (over) => {
      const barred =
        over ?? (content === undefined ? undefined : await refusalOfContent(dependencies, { ...content, text: [content.text, ...alts].join('\n') }, config));
      return run(barred === undefined ? context : { ...context, barred });
    });
  };
}

type WantedPoints = { readonly limit: Limit; readonly key: string; readonly points: number };

/** While the counts are away, nothing is held back. What comes to nothing, or was done before, is given back. */
async function withinLimits<Result extends CommandResult | { readonly handled: CommandResult }>(
  { rateLimit, onUnavailable }: AdmissionDependencies,
  wanted: readonly WantedPoints[],
  run: (over: Refusal | undefined) => Promise<Result>,
): Promise<Result> {
  const taken: WantedPoints[] = [];
  let over: Refusal | undefined;
  let isDone = false;
  try {
    for (const one of wanted) {
      const decision = await rateLimit.take(one.limit, one.key, one.points).catch((error: unknown) => {
        if (!(error instanceof RateLimitUnavailable)) throw error;
        onUnavailable?.(one.limit.name, error);
      });
      if (decision !== undefined) taken.push(one); // what is refused was counted as well
      if (decision?.allowed !== false) continue;
      over = refusalOver(one.limit, decision.retryAfterMs);
      break;
    }
    const result = await run(over);
    isDone = isNew(result);
    return result;
  } finally {
    if (!isDone) await Promise.all(taken.map(({ limit, key, points }) => rateLimit.refund(limit, key, points).catch(ignoreOutage)));
  }
}

function isNew(result: CommandResult | { readonly handled: CommandResult }): boolean {
  const handled = 'handled' in result ? result.handled : result;
  return handled.outcome === 'appended' && !handled.repeated;
}

function refusalOver({ name }: Limit, retryAfterMs: number): Refusal {
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / SECOND_MS));
  return name === SAME_TEXT_LIMIT.name
    ? { code: 'same-text', facts: { retryAfterSeconds } }
    : { code: 'rate-limited', facts: { limit: name, retryAfterSeconds } };
}

async function refusalOfContent(
  { contentChecks = [], onUnavailable }: AdmissionDependencies,
  content: CheckedContent,
  { unchecked = 'publish' }: AdmissionConfig,
): Promise<Refusal | undefined> {
  for (const { check } of contentChecks) {
    try {
      if ((await check(content)) === 'refused') return { code: 'content-refused' };
    } catch (error) {
      if (!(error instanceof ContentCheckUnavailable)) throw error;
      onUnavailable?.('content-check', error);
      if (unchecked === 'refuse') return { code: 'content-unchecked' };
    }
  }
  return undefined;
}

/** Another case, other spaces and other widths make no other text. */
const textKey = (secret: Uint8Array, person: PersonId, text: string): string =>
  createHmac('sha256', secret)
    .update(`same-text\n${person}\n${text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim()}`)
    .digest('base64url');

/** When a person registered, by the first event of their stream; undefined where there is none. */
function registeredIn({ log, codec }: LogReader): (person: PersonId) => Promise<Instant | undefined> {
  const remembered = new Map<PersonId, Instant>();
  return async (person) => {
    const known = remembered.get(person);
    if (known !== undefined) return known;
    for await (const stored of log.readStream(userStream(person), { limit: 1 })) {
      const { at } = (await codec.decode(stored)).metadata;
      if (remembered.size >= REGISTERED_MAX) for (const oldest of remembered.keys()) if (remembered.delete(oldest)) break;
      remembered.set(person, at);
      return at;
    }
    return undefined;
  };
}

function ignoreOutage(error: unknown): undefined {
  if (error instanceof RateLimitUnavailable) return undefined;
  throw error;
}
