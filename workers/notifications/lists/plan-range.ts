/**
 * Plans the next range of a campaign, and records it. What comes next is what the log says: a job that comes twice, or late, or in another
 * process, plans what is planned already or what is next, and of two that plan the same range one records it. The members are read from
 * the view; whether each may be sent to is decided on the log, as for every recipient.
 */
import { firstSendOf } from '../../../domain/notifications/planning/send-time.ts';
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import { app } from '../../../domain/notifications/apps/app.ts';
import { campaign, rangeSizeOf, type Campaign, type CampaignCommand } from '../../../domain/notifications/lists/campaign.ts';
import type { CampaignEnd, RequestedList } from '../../../domain/notifications/lists/events.ts';
import { list } from '../../../domain/notifications/lists/list.ts';
import type { NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { plus, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import { appStream, campaignStream, listStream } from '../../../domain/shared/streams.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import type { RateLimit } from '../../../ports/rate-limit/port.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import { freshContext } from '../../jobs/command-contexts.ts';
import type { Progress } from '../../open-work/work-progress.ts';
import { keepFailedRecipients } from '../plan/failed-recipients.ts';
import type { LoadNotification, NotificationRequest } from '../plan/load-notification.ts';
import { planRecipients, type PlanRecipientsDependencies } from '../plan/plan-recipients.ts';
import type { CampaignJobs, OpenCampaign } from './campaign-jobs.ts';
import { recipientsQuotaOf, type RecipientsQuota } from './recipients-quota.ts';

/** Until the view is asked again that doesn't have yet what the list had when the notification was requested. */
const VIEW_LATE_MS = SECOND_MS;

export type PlanCampaignDependencies = {
  readonly loadNotification: LoadNotification;
  readonly planning: PlanRecipientsDependencies;
  readonly views: Pick<TidingsViews, 'get' | 'pluck'>;
  readonly rateLimit: Pick<RateLimit, 'take' | 'refund'>;
  readonly campaigns: { readonly commands: Pick<Commands, 'commandCampaign'>; readonly contextFor: ContextFor };
  readonly campaignJobs: CampaignJobs;
  readonly progress: Pick<Progress, 'advance' | 'finish' | 'put'>;
};

/** `wait`: nothing can be planned until then. */
type Step = { readonly next: 'over' } | { readonly next: 'range' | 'wait'; readonly range: number; readonly dueAt: Instant };

const OVER: Step = { next: 'over' };

type NotificationToList = NotificationRequest & { readonly list: RequestedList };

export const planCampaignRange =
  (dependencies: PlanCampaignDependencies) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { loadNotification, campaignJobs, progress, planning } = dependencies;
    const notification = data['notification'] as NotificationId;
    const openedBy = data['openedBy'] as string;
    const request = await loadNotification(notification);
    const goesTo = request?.requested.list;
    const step = request === undefined || goesTo === undefined ? OVER : await takeStep(dependencies, { ...request, list: goesTo });
    if (step.next === 'over') return progress.finish('campaigns', notification, { openedBy });
    const { range, dueAt } = step;
    progress.advance('campaigns', notification, { range, dueAt } satisfies Partial<OpenCampaign>);
    await campaignJobs.addNext({ notification, openedBy, range, dueAt }, planning.clock());
  };

async function takeStep(dependencies: PlanCampaignDependencies, request: NotificationToList): Promise<Step> {
  const { planning } = dependencies;
  const { notification, expiresAt } = request.requested;
  const { state } = await planning.loadState(campaign, campaignStream(notification));
  if (request.cancelled || state.status === 'paused' || state.status === 'finished') return OVER;
  const now = planning.clock();
  const dueAt = dueAtOf(state.status === 'none' ? undefined : state, request);
  const range = state.status === 'none' ? 0 : state.ranges;
  if (expiresAt <= now) return finish(dependencies, notification, 'expired');
  if (dueAt > now) return { next: 'wait', range, dueAt };
  const standing = await standingOf(dependencies, request);
  if ('end' in standing) return finish(dependencies, notification, standing.end);
  if (!(await isViewCurrent(dependencies, request.list))) return { next: 'wait', range, dueAt: plus(now, VIEW_LATE_MS) };
  if (state.status === 'none' || state.total === null) await start(dependencies, request);
  return planNext(dependencies, request, { after: state.status === 'none' ? null : state.until, range, ...standing });
}

/** As far as the list was when the notification was requested: then its app misses nobody whom it had added. Asked for each range, for views may be built again meanwhile. */
async function isViewCurrent({ views }: PlanCampaignDependencies, { list, revision }: RequestedList): Promise<boolean> {
  const known = await views.get('lists', list);
  return known !== undefined && known.revision >= revision;
}

async function start(dependencies: PlanCampaignDependencies, { requested: { notification }, list: { list } }: NotificationToList): Promise<void> {
  const total = (await dependencies.views.get('list-sizes', list))?.members ?? 0;
  await give(dependencies, { type: 'start', notification, list, total, at: dependencies.planning.clock() });
}

type Place = { readonly after: PersonId | null; readonly range: number; readonly quota: RecipientsQuota };

async function planNext(dependencies: PlanCampaignDependencies, request: NotificationToList, { after, range, quota }: Place): Promise<Step> {
  const { planning, progress, views } = dependencies;
  const { notification } = request.requested;
  const { list, ratePerMinute } = request.list;
  const limit = Math.min(rangeSizeOf(ratePerMinute), quota.max);
  const members = await views.pluck('list-members', 'person', {
    where: { list },
    ...(after !== null && { range: { field: 'person', after } }),
    order: { person: 1 },
    limit,
  });
  const until = members.at(-1);
  if (until === undefined) return finish(dependencies, notification, 'planned');
  const recipients = members.length;
  const { waitMs } = await quota.take(recipients);
  if (waitMs > 0) return { next: 'wait', range, dueAt: plus(planning.clock(), waitMs) };
  keepFailedRecipients({ ...planning, progress }, notification, await planRecipients(planning, request, members));
  await give(dependencies, { type: 'record-range', notification, after, until, recipients, ratePerMinute, at: planning.clock() });
  if (recipients < limit) return finish(dependencies, notification, 'planned');
  const { state } = await planning.loadState(campaign, campaignStream(notification));
  return state.status === 'none' ? OVER : { next: 'range', range: state.ranges, dueAt: dueAtOf(state, request) };
}

/** What has become of its list and its app: where one is gone, every delivery would be suppressed. */
async function standingOf(
  { planning: { loadState }, rateLimit }: PlanCampaignDependencies,
  { requested: { source }, list: { list: of } }: NotificationToList,
): Promise<{ readonly end: CampaignEnd } | { readonly quota: RecipientsQuota }> {
  const { state: members } = await loadState(list, listStream(of));
  if (members.status !== 'active' || source.kind !== 'app') return { end: 'list-removed' };
  const { state: owner } = await loadState(app, appStream(source.app));
  return owner.status === 'active' ? { quota: recipientsQuotaOf(rateLimit, source.app, owner.quota) } : { end: 'app-disabled' };
}

async function finish(dependencies: PlanCampaignDependencies, notification: NotificationId, because: CampaignEnd): Promise<Step> {
  await give(dependencies, { type: 'finish', notification, because, at: dependencies.planning.clock() });
  return OVER;
}

/** Throws where it could not be recorded: then the job is done again. */
async function give({ campaigns: { commands, contextFor } }: PlanCampaignDependencies, command: CampaignCommand): Promise<void> {
  const context = freshContext({ contextFor, worker: 'plan-campaigns', type: 'command-campaign', body: command.notification, at: command.at });
  const result = await commands.commandCampaign(command, context);
  if (result.outcome === 'refused') throw new Error(`What became of a campaign can't be recorded: ${result.refusal.code}`);
}

/** Not before it is to be sent, on the first of all clocks where it is sent on each recipient's, and at its rate. */
function dueAtOf(state: Campaign | undefined, { requested }: NotificationRequest): Instant {
  const asked = firstSendOf(requested) ?? requested.at;
  return state !== undefined && state.dueAt > asked ? state.dueAt : asked;
}
