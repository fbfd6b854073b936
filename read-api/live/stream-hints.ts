/** From the live hints of one person to the events of a stream, until the session ends or the client disconnects. */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { ServerSentEvent } from '../../edge/http/server-sent-events.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { listenTo } from './live-hints.ts';
import { pollUntil } from './poll-until.ts';

export type LiveSource<Kind extends LiveHint['kind'], Data> = {
  /** The kind of hint that becomes an event, and the name of the event. */
  readonly hint: Kind;
  readonly event: string;
  /** Loads the data of a hint as the person may see it now; undefined when the person may not. */
  readonly load: (person: PersonId, hint: Extract<LiveHint, { kind: Kind }>) => Promise<Data | undefined>;
  /**
   * Makes sure that hints are published for this person: before the stream is ready, and with each check of the session. Returns a
   * token that changes when hints had lapsed since the last call, even if another caller has renewed them; undefined while there
   * are none.
   */
  readonly renew?: (person: PersonId) => Promise<string | undefined>;
  /** The kind of hint that says that hints have lapsed. */
  readonly lapsed?: LiveHint['kind'];
  readonly others?: OtherPeople<Extract<LiveHint, { kind: Kind }>>;
};

/** People to whom hints are published that concern this person as well. */
type OtherPeople<KindOfHint> = {
  /** Asked before the stream is ready, with each check of the session, and when a hint says that they have changed. */
  readonly of: (person: PersonId) => Promise<readonly PersonId[]>;
  readonly concerns: (hint: KindOfHint, of: PersonId) => boolean;
  readonly changed: LiveHint['kind'];
  /** One hint of those with the same name becomes an event: the person may get it as well as the other. */
  readonly nameOf: (hint: KindOfHint) => string;
};

/** Events of so many hints are remembered, so that each is told once. */
const NAMES_MAX = 64;

type Listener = { readonly person: PersonId; readonly session: string; readonly signal: AbortSignal };

export async function* streamHints<Kind extends LiveHint['kind'], Data>(
  { broadcast, tokens, sessionCheckMs }: Pick<ReadDependencies, 'broadcast' | 'tokens' | 'sessionCheckMs'>,
  { event, hint: kind, load, renew, lapsed, others }: LiveSource<Kind, Data>,
  { person, session, signal }: Listener,
): AsyncIterable<ServerSentEvent> {
  using hints = listenTo<LiveHint['kind']>(broadcast, person, [
    kind,
    'session-ended',
    ...(lapsed === undefined ? [] : [lapsed]),
    ...(others === undefined ? [] : [others.changed]),
  ]);
  await hints.known;
  let token = await renew?.(person);
  /** Whether hints of somebody come now that did not come before. */
  const listenToOthers = async (): Promise<boolean> =>
    others !== undefined && (await hints.alsoOf(await others.of(person), (hint, of) => isOf(kind, hint) && others.concerns(hint, of)));
  await listenToOthers();
  const isNew = others === undefined ? () => true : firstOfEach(others.nameOf);
  const hadLapsed = async (): Promise<boolean> => {
    const before = token;
    token = await renew?.(person);
    return renew !== undefined && (token === undefined || token !== before);
  };
  using ended = pollUntil(async () => {
    if (!(await tokens.isActive(session))) return true;
    if (await hadLapsed()) hints.missed();
    if (await listenToOthers()) hints.missed();
    return false;
  }, sessionCheckMs);
  yield { event: 'ready', data: {} };
  for await (const hint of hints.until(AbortSignal.any([signal, ended.signal]))) {
    if (hint === 'missed') yield { event: 'missed', data: {} };
    else if (hint.kind === lapsed) {
      token = await renew?.(person);
      await listenToOthers();
      yield { event: 'missed', data: {} };
    } else if (hint.kind === others?.changed) {
      if (await listenToOthers()) yield { event: 'missed', data: {} };
    } else if (isOf(kind, hint)) {
      const data = isNew(hint) ? await load(person, hint) : undefined;
      if (data !== undefined) yield { event, data };
    } else if ('session' in hint && hint.session === session) return;
  }
}

const isOf = <Kind extends LiveHint['kind']>(kind: Kind, hint: LiveHint): hint is Extract<LiveHint, { kind: Kind }> => hint.kind === kind;

function firstOfEach<Named>(nameOf: (named: Named) => string): (named: Named) => boolean {
  const names = new Set<string>();
  return (named) => {
    const name = nameOf(named);
    if (names.has(name)) return false;
    names.add(name);
    const [oldest] = names;
    if (names.size > NAMES_MAX && oldest !== undefined) names.delete(oldest);
    return true;
  };
}
