/**
 * Looks after exports whose time has come: makes go on what nobody has gone on with, ends what has been kept long enough, and removes
 * what has ended. The bytes go at once, and once more before the export is forgotten: a part may have been on its way into the store.
 */
import type { Commands } from '../../commands/commands.ts';
import { partPlacesOf } from '../../commands/exports/export-places.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { ExportEnd } from '../../domain/exports/events.ts';
import type { ExportId } from '../../domain/shared/ids.ts';
import { MINUTE_MS, type Instant } from '../../domain/shared/instant.ts';
import type { MediaStore } from '../../ports/media/port.ts';
import type { ExportDocument } from '../../projections/read-models/exports.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { addJobs, type AddJobsDependencies } from '../jobs/add-jobs.ts';
import { freshContext } from '../jobs/command-contexts.ts';
import { withEach, type Sweep } from '../jobs/sweeper.ts';
import { exportJobOf, MAKE_EXPORT_QUEUE } from './make-exports.ts';

const EVERY_MS = MINUTE_MS;
/** Of each status: what is being made, and may be for long, keeps nothing waiting that has to end. */
const SWEPT_MAX = 200;
const STATUSES = ['ended', 'ready', 'making'] as const satisfies readonly ExportDocument['status'][];
const WORKER = 'sweep-exports';

type Dependencies = AddJobsDependencies & {
  readonly views: Pick<TidingsViews, 'find'>;
  readonly store: Pick<MediaStore, 'list' | 'remove'>;
  readonly secret: Uint8Array;
  readonly commands: Pick<Commands, 'endExport' | 'removeExport'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export const sweepExports = (dependencies: Dependencies): Sweep => ({
  name: 'exports',
  everyMs: EVERY_MS,
  sweep: async () => {
    const { views, clock } = dependencies;
    const range = { field: 'dueAt', until: clock() };
    const found = await Promise.all(STATUSES.map((status) => views.find('exports', { where: { status }, range, order: { dueAt: 1 }, limit: SWEPT_MAX })));
    const due = found.flat();
    await withEach(due, (one) => lookAt(dependencies, one));
    return due.length;
  },
});

async function lookAt(dependencies: Dependencies, { export: id, status, parts, reason }: ExportDocument): Promise<void> {
  switch (status) {
    case 'making':
      return void (await addJobs(dependencies, MAKE_EXPORT_QUEUE, [exportJobOf({ export: id, parts })]));
    case 'ready':
      await end(dependencies, id, 'expired');
      return removeParts(dependencies, id);
    case 'ended': {
      // Where its owner was erased, the view knows before the log does.
      if (reason === 'person-erased') await end(dependencies, id, reason);
      await removeParts(dependencies, id);
      const { commands, contextFor, clock } = dependencies;
      await commands.removeExport({ export: id }, freshContext({ contextFor, worker: WORKER, type: 'remove-export', body: { id }, at: clock() }));
    }
  }
}

const end = ({ commands, contextFor, clock }: Dependencies, id: ExportId, reason: Exclude<ExportEnd, 'deleted'>) =>
  commands.endExport({ export: id, reason }, freshContext({ contextFor, worker: WORKER, type: 'end-export', body: { id, reason }, at: clock() }));

/** Everything that was ever stored of it. */
async function removeParts({ store, secret }: Pick<Dependencies, 'store' | 'secret'>, id: ExportId): Promise<void> {
  for (;;) {
    const found = await store.list(partPlacesOf(secret, id));
    if (found.length === 0) return;
    await store.remove(found.map(({ key }) => key));
  }
}
