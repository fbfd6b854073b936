/** The templates that apps have published: every version stays, because a notification names the version it was rendered from. */
import type { AppId, TemplateId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { TemplateEvent } from '../../domain/notifications/templates/events.ts';
import type { Projector } from '../projection.ts';

/** Id: `templateVersionId`. */
export type TemplateVersionDocument = {
  readonly template: TemplateId;
  readonly version: number;
  readonly app: AppId;
  readonly title: string | null;
  readonly body: string;
  readonly at: Instant;
};

export const templateVersionId = (template: TemplateId, version: number): string => `${template}:${version}`;

export const templates = {
  kind: 'projector',
  name: 'templates',
  version: 1,
  handles: ['notifications.template-published.v1'],
  indexes: { templates: [{ fields: ['template', 'version'] }, { fields: ['app', '_id'] }] },

  project: (event, { templates }) => {
    const { template, version, app, title = null, body } = event.data;
    templates.update(templateVersionId(template, version), event, () => ({ template, version, app, title, body, at: event.metadata.at }));
  },
} as const satisfies Projector<TemplateEvent, { templates: TemplateVersionDocument }>;
