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
import { counted, dropOldest, emptyTally, type CacheTally } from '../../ports/cache-tallies.ts';
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
  readonly rateLimit: Pick<RateLimit, 'take' | 'takeOnce' | 'refund' | 'refundOnce'>;
  /** Each is asked; what one refuses is refused. */
  readonly contentChecks?: readonly ContentCheck[];
  /** Keys the hashes of texts: nobody learns from the counts what was written. */
  readonly secret: Uint8Array;
  /** Of people about whom it is remembered when they registered. */
  readonly tally?: CacheTally;
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
    { at, command }: CommandContext,
  ): Promise<readonly WantedPoints[]> => {
    if (activity === undefined) return [];
    const limits: Limit[] = [ACTIVITY_LIMITS[activity], ...((await isNewAccount(person, at)) ? [NEW_ACCOUNT_LIMITS[activity]] : [])];
    const wanted: WantedPoints[] = limits.map((limit) => ({ limit, key: person, points }));
    if (content !== undefined && content.text !== '' && mayRepeat !== true)
      wanted.push({ limit: SAME_TEXT_LIMIT, key: textKey(dependencies.secret, person, content.text), points: 1, operation: command });
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

/** `operation`: the command may have taken its point before, in a process that was killed before it could append or give the point back. */
type WantedPoints = { readonly limit: Limit; readonly key: string; readonly points: number; readonly operation?: string };
type TakenPoints = WantedPoints & { readonly allowed: boolean };

/** While the counts are away, nothing is held back. What comes to nothing, or was done before, is given back. */
async function withinLimits<Result extends CommandResult | { readonly handled: CommandResult }>(
  { rateLimit, onUnavailable }: AdmissionDependencies,
  wanted: readonly WantedPoints[],
  run: (over: Refusal | undefined) => Promise<Result>,
): Promise<Result> {
  const taken: TakenPoints[] = [];
  let over: Refusal | undefined;
  let became: 'nothing' | 'repeated' | 'new' = 'nothing';
  try {
    for (const one of wanted) {
      const taking = one.operation === undefined ? rateLimit.take(one.limit, one.key, one.points) : rateLimit.takeOnce(one.limit, one.key, one.operation);
      const decision = await taking.catch((error: unknown) => {
        if (!(error instanceof RateLimitUnavailable)) throw error;
        onUnavailable?.(one.limit.name, error);
      });
      if (decision !== undefined) taken.push({ ...one, allowed: decision.allowed });
      if (decision?.allowed !== false) continue;
      over = refusalOver(one.limit, decision.retryAfterMs);
      break;
    }
    const result = await run(over);
    became = outcomeOf(result);
    return result;
  } finally {
    if (became !== 'new') await Promise.all(taken.map((one) => giveBack(rateLimit, one, became).catch(ignoreOutage)));
  }
}

/** What was refused was counted as well. An operation that was done before was counted once, which holds. */
async function giveBack(
  rateLimit: AdmissionDependencies['rateLimit'],
  { limit, key, points, operation, allowed }: TakenPoints,
  became: 'nothing' | 'repeated' | 'new',
): Promise<void> {
  if (operation === undefined || !allowed) return rateLimit.refund(limit, key, points);
  if (became === 'nothing') await rateLimit.refundOnce(limit, key, operation);
}

function outcomeOf(result: CommandResult | { readonly handled: CommandResult }): 'nothing' | 'repeated' | 'new' {
  const handled = 'handled' in result ? result.handled : result;
  if (handled.outcome !== 'appended') return 'nothing';
  return handled.repeated ? 'repeated' : 'new';
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
function registeredIn({ log, codec, tally = emptyTally() }: LogReader & { readonly tally?: CacheTally }): (person: PersonId) => Promise<Instant | undefined> {
  const remembered = new Map<PersonId, Instant>();
  return async (person) => {
    const known = counted(tally, remembered.get(person));
    if (known !== undefined) return known;
    for await (const stored of log.readStream(userStream(person), { limit: 1 })) {
      const { at } = (await codec.decode(stored)).metadata;
      if (remembered.size >= REGISTERED_MAX) dropOldest(remembered, tally);
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
