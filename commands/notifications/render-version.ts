/** Renders a template as it was published: its versions are the events of its stream, the first at revision 0. */
import type { RenderedContent } from '../../domain/notifications/content.ts';
import type { TemplateEvent } from '../../domain/notifications/templates/events.ts';
import type { TemplateId } from '../../domain/shared/ids.ts';
import { templateStream } from '../../domain/shared/streams.ts';
import type { Codec } from '../../ports/event-log/codec.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import { renderTemplate } from '../../ports/templates/render.ts';

export type TemplateReader = { readonly log: Pick<EventLog, 'readStream'>; readonly codec: Pick<Codec, 'decode'> };

export async function renderVersion(
  reader: TemplateReader,
  { template, version }: { readonly template: TemplateId; readonly version: number },
  parameters: Readonly<Record<string, unknown>>,
): Promise<RenderedContent> {
  const published = await versionOf(reader, template, version);
  return published === undefined ? { fault: 'there is no such template' } : renderTemplate(published.data, parameters);
}

async function versionOf({ log, codec }: TemplateReader, id: TemplateId, version: number): Promise<TemplateEvent | undefined> {
  for await (const stored of log.readStream(templateStream(id), { from: version - 1, limit: 1 })) {
    const event = await codec.decode(stored);
    return event.type === 'notifications.template-published.v1' ? event : undefined;
  }
  return undefined;
}
