/**
 * Tells whoever keeps public pictures on the way (a CDN, a proxy) which addresses are good no longer: of posts that were deleted or
 * hidden, of pictures that people have changed, and of everything of an erased person. The event opens the work, and a job tells it until
 * it was taken.
 */
import type { PostEvent } from '../../domain/feed/events.ts';
import { postStreamOf } from '../../domain/feed/post-id.ts';
import type { UserEvent } from '../../domain/people/events.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { DAY_MS, MINUTE_MS, msBetween, plus, type Instant } from '../../domain/shared/instant.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import type { Outbound } from '../../ports/outbound/port.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import type { DomainReader } from '../dependencies.ts';
import { addJobs, type AddJobsDependencies } from '../jobs/add-jobs.ts';
import type { Sweep } from '../jobs/sweeper.ts';
import { webhookHeaders } from '../notifications/webhooks/sign-webhook.ts';
import type { OpenWork } from '../open-work/open-work.ts';
import type { Progress } from '../open-work/work-progress.ts';

export const PURGE_QUEUE = 'media-purges';
export const PURGE_CONCURRENCY = 2;
const OPEN_PURGES = 'media-purges';
const STALLED_MS = MINUTE_MS;
const SWEPT_MAX = 1_000;
/** Nobody keeps a picture for longer than this: it is what they are told. */
const GIVEN_UP_AFTER_MS = DAY_MS;
/** Prefixes of one request. */
const PREFIXES_MAX = 100;

/** Whoever is told didn't take it. It is told again. */
class PurgeRefused extends Error {
  override readonly name = 'PurgeRefused';
}

type Gone =
  | Extract<PostEvent, { type: 'feed.post-deleted.v1' | 'feed.post-hidden.v1' }>
  | Extract<UserEvent, { type: 'people.profile-changed.v1' | 'people.person-erased.v1' }>;

/** Id: of the event. */
type OpenPurge = {
  readonly id: string;
  readonly post: PostId | null;
  readonly person: PersonId | null;
  readonly erased: boolean;
  readonly at: Instant;
  readonly movedAt: Instant;
};

export const purgeMedia = (dependencies: AddJobsDependencies): TidingsReactor<Gone> => ({
  kind: 'reactor',
  name: 'purge-media',
  version: 1,
  handles: ['feed.post-deleted.v1', 'feed.post-hidden.v1', 'people.profile-changed.v1', 'people.person-erased.v1'],
  after: [],
  startFrom: 'now',
  indexes: { [OPEN_PURGES]: [{ fields: ['movedAt'] }] },
  openWork: (event, { [OPEN_PURGES]: open }) => {
    const purge = purgeOf(event);
    if (purge !== undefined) open?.update(purge.id, event, () => purge);
  },
  react: async (event) => {
    const purge = purgeOf(event);
    if (purge !== undefined) await addJobs(dependencies, PURGE_QUEUE, [jobOf(purge)]);
  },
});

function purgeOf(event: Recorded<Gone>): OpenPurge | undefined {
  const common = { id: event.id, post: null, person: null, erased: false, at: event.metadata.at, movedAt: event.metadata.at };
  switch (event.type) {
    case 'feed.post-deleted.v1':
    case 'feed.post-hidden.v1':
      return { ...common, post: event.data.post };
    case 'people.profile-changed.v1':
      return event.data.picture === undefined ? undefined : { ...common, person: event.key as PersonId };
    case 'people.person-erased.v1':
      return { ...common, person: event.key as PersonId, erased: true };
  }
}

const jobOf = ({ id, post, person, erased, at }: OpenPurge): Job => ({ id, data: { id, post, person, erased, at } });

export type PurgeConfig = {
  /** `https:` */
  readonly url: string;
  /** Signs what is told, as webhooks are signed: `whsec_` and base64. */
  readonly secret: string;
};

type PurgingDependencies = {
  readonly outbound: Pick<Outbound, 'post'>;
  readonly views: Pick<TidingsViews, 'find'>;
  readonly reader: Pick<DomainReader, 'log' | 'codec'>;
  readonly progress: Pick<Progress, 'finish'>;
  readonly clock: () => Instant;
};

/** The job. */
export const tellPurge =
  (dependencies: PurgingDependencies, config: PurgeConfig) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { id, at, ...of } = data as unknown as Omit<OpenPurge, 'movedAt'>;
    if (msBetween(at, dependencies.clock()) < GIVEN_UP_AFTER_MS) {
      let part = 0;
      for await (const prefixes of prefixesOf(dependencies, of)) await tell(dependencies, config, { id: `${id}/${part++}`, prefixes });
    }
    dependencies.progress.finish(OPEN_PURGES, id);
  };

async function* prefixesOf(
  { reader, views }: PurgingDependencies,
  { post, person, erased }: Pick<OpenPurge, 'post' | 'person' | 'erased'>,
): AsyncIterable<readonly string[]> {
  if (post !== null && (await hadPictures(reader, post))) yield [mediaOf(post)];
  if (person === null) return;
  yield [`/v1/people/${person}/picture/`];
  for (let after = ''; erased;) {
    const page = await views.find('posts', { where: { author: person }, range: { field: '_id', after }, order: { _id: 1 }, limit: PREFIXES_MAX });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page.map((one) => mediaOf(one.post));
    after = last.post;
  }
}

const mediaOf = (post: PostId): string => `/v1/posts/${post}/media/`;

/** Of its own, or of where its link led. */
async function hadPictures({ log, codec }: PurgingDependencies['reader'], post: PostId): Promise<boolean> {
  for await (const stored of log.readStream(postStreamOf(post))) {
    const { type, data } = (await codec.decode(stored)) as Recorded<PostEvent>;
    if (type === 'feed.post-previewed.v1' || (type === 'feed.post-published.v1' && data.media !== undefined)) return true;
  }
  return false;
}

async function tell(
  { outbound, clock }: PurgingDependencies,
  { url, secret }: PurgeConfig,
  { id, prefixes }: { readonly id: string; readonly prefixes: readonly string[] },
) {
  const body = JSON.stringify({ prefixes });
  const headers = webhookHeaders([secret], { id, body, at: clock() });
  const answer = await outbound.post({ url, headers, body });
  if (answer.outcome === 'answered' && answer.status >= 200 && answer.status < 300) return;
  throw new PurgeRefused(`Addresses of media were not purged: ${answer.outcome === 'answered' ? answer.status : answer.reason}.`);
}

/** Adds the jobs that were lost, or gave up for a while. */
export const sweepPurges = (dependencies: AddJobsDependencies & { readonly openWork: OpenWork; readonly clock: () => Instant }): Sweep => ({
  name: 'media-purges',
  everyMs: STALLED_MS,
  sweep: async () => {
    const until = plus(dependencies.clock(), -STALLED_MS);
    const stalled = await dependencies.openWork.longestWaiting<OpenPurge>(OPEN_PURGES, { field: 'movedAt', until, limit: SWEPT_MAX });
    await addJobs(dependencies, PURGE_QUEUE, stalled.map(jobOf));
    return stalled.length;
  },
});
