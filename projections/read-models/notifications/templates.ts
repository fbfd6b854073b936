/** The templates and partials that apps have published: every version of a template stays, because an attempt names the version it was rendered from. */
import type { AppId, TemplateId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { PartialEvent, TemplateEvent, TemplateVersion } from '../../../domain/notifications/templates/events.ts';
import type { Projector } from '../../projection.ts';

/** Id: `templateVersionId`. */
export type TemplateVersionDocument = TemplateVersion & { readonly at: Instant };

export const templateVersionId = (template: TemplateId, version: number): string => `${template}:${version}`;

/** Id: the template. Its newest version, without its texts. */
export type TemplateDocument = {
  readonly template: TemplateId;
  readonly app: AppId;
  readonly name: string | null;
  readonly newest: number;
  readonly defaultLocale: string;
  readonly locales: readonly string[];
  /** Of the first version, and of the newest. */
  readonly createdAt: Instant;
  readonly changedAt: Instant;
};

/** Id: the app, a colon and the name. */
export type PartialDocument = { readonly app: AppId; readonly name: string; readonly version: number; readonly body: string; readonly at: Instant };

export const templates = {
  kind: 'projector',
  name: 'templates',
  version: 2,
  handles: ['notifications.template-published.v2', 'notifications.partial-published.v1'],
  indexes: {
    templates: [{ fields: ['app', '_id'] }],
    'template-versions': [{ fields: ['template', 'version'] }],
    partials: [{ fields: ['app', '_id'] }],
  },

  project: (event, { templates, 'template-versions': versions, partials }) => {
    const { at } = event.metadata;
    switch (event.type) {
      case 'notifications.template-published.v2': {
        const { template, version, app, name = null, defaultLocale, locales } = event.data;
        versions.update(templateVersionId(template, version), event, () => ({ ...event.data, at }));
        templates.update(template, event, (before) => ({
          template,
          app,
          name,
          newest: version,
          defaultLocale,
          locales: Object.keys(locales),
          createdAt: before?.createdAt ?? at,
          changedAt: at,
        }));
        return;
      }
      case 'notifications.partial-published.v1': {
        const { app, name } = event.data;
        partials.update(`${app}:${name}`, event, () => ({ ...event.data, at }));
        return;
      }
    }
  },
} as const satisfies Projector<
  TemplateEvent | PartialEvent,
  { templates: TemplateDocument; 'template-versions': TemplateVersionDocument; partials: PartialDocument }
>;
