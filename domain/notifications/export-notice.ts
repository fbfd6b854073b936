/** What a person is told of an export: that it is ready, or that nothing came of it. It names nothing that is in it. */
import type { ExportEvent } from '../exports/events.ts';
import type { Content, ExportNotice, Source } from './request-fields.ts';

/** Undefined where there is nothing to tell: the person has taken it away, or its time was over as it was said. */
export function toldExportOf(event: Extract<ExportEvent, { type: 'exports.ready.v1' | 'exports.ended.v1' }>): Extract<Source, { kind: 'export' }> | undefined {
  const { export: id } = event.data;
  if (event.type === 'exports.ready.v1') return { kind: 'export', notice: 'ready', export: id };
  return event.data.reason === 'deleted' || event.data.reason === 'expired' ? undefined : { kind: 'export', notice: 'ended', export: id };
}

export const exportContent = (notice: ExportNotice): Content => TEXTS[notice];

const TEXTS: Readonly<Record<ExportNotice, Content>> = {
  ready: { title: 'Your export is ready', body: 'You can download it for a week.' },
  ended: { title: 'Your export has ended', body: 'You may not read all of it any more. You can ask for another one.' },
};
