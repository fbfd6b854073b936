/** Tells people in the notification centre that an export is ready, or that it could not be made. */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { ExportEvent } from '../../domain/exports/events.ts';
import { EXPORT_CATEGORY } from '../../domain/notifications/categories/our-categories.ts';
import { toldExportOf } from '../../domain/notifications/export-notice.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { TidingsEventProcess } from '../../projections/read-models/projectors.ts';
import { contextForEvent } from '../jobs/command-contexts.ts';

type Dependencies = { readonly commands: Pick<Commands, 'requestNotification'>; readonly contextFor: ContextFor; readonly clock: () => Instant };
type Told = Extract<ExportEvent, { type: 'exports.ready.v1' | 'exports.ended.v1' }>;

export const tellOfExports = ({ commands, contextFor, clock }: Dependencies): TidingsEventProcess<Told> => ({
  kind: 'process',
  name: 'tell-of-exports',
  version: 1,
  handles: ['exports.ready.v1', 'exports.ended.v1'],
  after: [],
  react: async (event) => {
    const source = toldExportOf(event);
    if (source === undefined) return;
    await commands.requestNotification(
      { source, recipients: [event.data.owner], category: EXPORT_CATEGORY, critical: false, priority: 'normal' },
      contextForEvent(event, { contextFor, worker: 'tell-of-exports', type: 'request-notification', body: { notice: source.notice }, at: clock() }),
    );
  },
});
