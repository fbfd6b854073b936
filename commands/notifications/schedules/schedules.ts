/** Schedules of an app: created, paused, resumed and cancelled, and advanced when their time has come. */
import { app } from '../../../domain/notifications/apps/app.ts';
import type { Content } from '../../../domain/notifications/request-fields.ts';
import { notification } from '../../../domain/notifications/notification.ts';
import type { MissedPolicy, Occurrence, Recurrence, ScheduledRequest } from '../../../domain/notifications/schedules/events.ts';
import { schedule } from '../../../domain/notifications/schedules/schedule.ts';
import type { Refusal } from '../../../domain/shared/decider.ts';
import type { AppId, NotificationId, ScheduleId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { LocalTime } from '../../../domain/shared/local-time.ts';
import type { RefusalCode } from '../../../domain/shared/refusals.ts';
import { appStream, scheduleStream } from '../../../domain/shared/streams.ts';
import { occurrencesAfter } from '../../../ports/recurrence/recurrence.ts';
import type { CommandContext } from '../../handling/command-context.ts';
import type { Uses } from '../../handling/dependencies.ts';
import { createdIdOf, occurrenceIdOf } from '../../handling/deterministic-ids.ts';
import type { CommandHandling } from '../../handling/handle.ts';
import type { CommandResult, CreateResult } from '../../handling/results.ts';
import { prepareRequestWith, type RequestNotification, type RequestOptions } from '../notifications.ts';
import { dueNow, faultOfRecurrence, firstAfter } from './recurrences.ts';

export type CreateSchedule = {
  readonly app: AppId;
  readonly recurrence: Recurrence;
  readonly missed: MissedPolicy;
  readonly request: ScheduledRequest;
  readonly content?: Content;
  readonly parameters?: Readonly<Record<string, unknown>>;
};

/** What it requests is tried as if it were its first occurrence, for an app has to learn now what would be refused each time. */
export const createSchedule = (dependencies: Uses<'log' | 'codec'>) => {
  const prepare = prepareRequestWith(dependencies);
  return async (created: CreateSchedule, context: CommandContext, { admit }: Pick<RequestOptions, 'admit'> = {}): Promise<CreateResult<ScheduleId>> => {
    const id = createdIdOf<ScheduleId>(context.command, 'schedule');
    const { at } = context;
    const appNow = await dependencies.loadState(app, appStream(created.app));
    const fault = faultOfRecurrence(created.recurrence, at);
    const next = fault === undefined ? firstAfter(created.recurrence, at) : undefined;
    const refusal = fault ?? (next && (await refusalOfRequest(prepare, created, { id: id as string as NotificationId, at, ...(admit && { admit }) })));
    const command = {
      type: 'create',
      schedule: id,
      ...created,
      appState: appNow.state,
      ...(refusal && { fault: refusal }),
      ...(next && { next }),
      at,
    } as const;
    const handled = await dependencies.handle(schedule, scheduleStream(id), command, context, { readRevisions: [appNow] });
    return { id, handled };
  };
};

async function refusalOfRequest(
  prepare: ReturnType<typeof prepareRequestWith>,
  created: CreateSchedule,
  { id, at, admit }: Pick<RequestOptions, 'admit'> & { readonly id: NotificationId; readonly at: Instant },
): Promise<Refusal | undefined> {
  const { command } = await prepare(requestOf(created), { id, at });
  const notAdmitted = command.app?.status === 'active' ? await admit?.(command.app, command.recipients.length) : undefined;
  if (notAdmitted !== undefined) return notAdmitted;
  const decision = notification.decide(notification.initialState, command);
  return decision.outcome === 'refused' ? decision.refusal : undefined;
}

/** What a schedule requests each time. */
export const requestOf = ({ app: id, request, content, parameters }: Omit<CreateSchedule, 'recurrence' | 'missed'>): RequestNotification => ({
  source: { kind: 'app', app: id },
  ...request,
  ...(content !== undefined && { content }),
  ...(parameters !== undefined && { parameters }),
});

/** `app`: of the app that asks; absent where an operator does. */
type OfSchedule = { readonly schedule: ScheduleId; readonly app?: AppId };

export const pauseSchedule = (dependencies: CommandHandling) => (of: OfSchedule, context: CommandContext) => command(dependencies, 'pause', of, context);

/** It goes on with the first occurrence that is still to come: what would have been requested meanwhile was not wanted. */
export const resumeSchedule =
  (dependencies: CommandHandling) =>
  async (of: OfSchedule, context: CommandContext): Promise<CommandResult> => {
    const { state } = await dependencies.loadState(schedule, scheduleStream(of.schedule));
    // Whatever its status is now: it may be paused until this is decided.
    const next = state.status === 'none' ? undefined : firstAfter(state.recurrence, context.at);
    return dependencies.handle(schedule, scheduleStream(of.schedule), { type: 'resume', ...of, ...(next && { next }), at: context.at }, context);
  };

export const cancelSchedule = (dependencies: CommandHandling) => (of: OfSchedule, context: CommandContext) => command(dependencies, 'cancel', of, context);

const command = ({ handle }: CommandHandling, type: 'pause' | 'cancel', of: OfSchedule, context: CommandContext): Promise<CommandResult> =>
  handle(schedule, scheduleStream(of.schedule), { type, ...of, at: context.at }, context);

/**
 * Records which occurrences are due, and which comes next, computed with the zone data of today. Whoever is later than another that does
 * so changes nothing, for it decides on an occurrence that is not the next any more.
 */
export const advanceSchedule =
  ({ handle, loadState }: CommandHandling) =>
  async ({ schedule: id }: { readonly schedule: ScheduleId }, context: CommandContext): Promise<CommandResult | undefined> => {
    const { state } = await loadState(schedule, scheduleStream(id));
    const advanced = state.status === 'active' ? dueNow(state, context.at) : undefined;
    if (advanced === undefined || state.status !== 'active') return undefined;
    const due = advanced.due.map((occurrence) => ({ ...occurrence, notification: occurrenceIdOf(id, occurrence.local) }));
    const { skipped, next } = advanced;
    return handle(
      schedule,
      scheduleStream(id),
      { type: 'advance', schedule: id, from: state.next, due, skipped, ...(next && { next }), at: context.at },
      context,
    );
  };

export const refuseOccurrence =
  ({ handle }: CommandHandling) =>
  ({ schedule: id, local, code }: { readonly schedule: ScheduleId; readonly local: LocalTime; readonly code: RefusalCode }, context: CommandContext) =>
    handle(schedule, scheduleStream(id), { type: 'refuse-occurrence', schedule: id, local, code, at: context.at }, context);

export type PreviewSchedule = { readonly recurrence: Recurrence; readonly limit: number };

/** The occurrences that are still to come. Nothing is appended. */
export const previewSchedule =
  () =>
  (
    { recurrence, limit }: PreviewSchedule,
    at: Instant,
  ): { readonly outcome: 'refused'; readonly refusal: Refusal } | { readonly outcome: 'computed'; readonly occurrences: readonly Occurrence[] } => {
    const fault = faultOfRecurrence(recurrence, at);
    return fault === undefined
      ? { outcome: 'computed', occurrences: occurrencesAfter(recurrence, at).take(limit).toArray() }
      : { outcome: 'refused', refusal: fault };
  };
