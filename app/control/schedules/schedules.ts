/** Shows apps' schedules, their occurrences and when a rule comes round, and pauses, resumes and cancels them. */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import type { ActingOperator } from '../../../domain/operators/roles.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { sentenceOf } from '../../../domain/shared/refusals.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import { contextFor, expectDone } from '../operators/operators.ts';
import { ControlFailure, type ControlOperations, type OperationRequest } from '../protocol.ts';
import type { ScheduleLine, ScheduleLines } from './protocol.ts';

type Dependencies = {
  readonly views: Pick<TidingsViews, 'find'>;
  readonly commands: Pick<Commands, 'previewSchedule' | 'pauseSchedule' | 'resumeSchedule' | 'cancelSchedule'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export const createScheduleOperations = (dependencies: Dependencies) =>
  ({
    'list-schedules': (request) => listSchedules(dependencies, request),
    'list-occurrences': async function* ({ schedule, limit }) {
      const found = await dependencies.views.find('schedule-occurrences', { where: { schedule }, order: { local: -1 }, limit });
      for (const { local, at, notification, refused } of found) yield { schedule, local, at, notification, refused };
    },
    'preview-schedule': async function* ({ limit, ...recurrence }) {
      const result = dependencies.commands.previewSchedule({ recurrence, limit }, dependencies.clock());
      if (result.outcome === 'refused') throw new ControlFailure('bad-request', sentenceOf(result.refusal.code, result.refusal.facts));
      yield* result.occurrences;
    },
    'steer-schedule': (request, _signal, by) => steerSchedule(dependencies, request, by),
  }) satisfies ControlOperations;

async function* listSchedules({ views }: Dependencies, { app, limit }: OperationRequest<'list-schedules'>): AsyncIterable<ScheduleLine> {
  const found = await views.find('schedules', { ...(app !== undefined && { where: { app } }), order: { _id: 1 }, limit });
  for (const { due: _due, _id, position: _position, ...line } of found) yield line;
}

async function* steerSchedule(
  dependencies: Dependencies,
  { schedule, to }: OperationRequest<'steer-schedule'>,
  by: ActingOperator,
): AsyncIterable<ScheduleLines['steer-schedule']> {
  const { pauseSchedule, resumeSchedule, cancelSchedule } = dependencies.commands;
  const steer = { pause: pauseSchedule, resume: resumeSchedule, cancel: cancelSchedule }[to];
  const result = await steer({ schedule }, contextFor(dependencies, by, `${to}-schedule`));
  expectDone(result);
  yield { schedule, outcome: result.outcome === 'appended' ? 'appended' : 'unchanged' };
}
