/** The apps that may request notifications, and the categories that they have declared. */
import type { AppId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { categoryKey } from '../../domain/people/category.ts';
import type { Category, CategoryEvent } from '../../domain/notifications/categories/events.ts';
import type { AppEvent } from '../../domain/notifications/apps/events.ts';
import type { Projector } from '../projection.ts';

/** In whose name an app sends, and what its keys may do, is asked of the log. */
type Shown = Extract<AppEvent, { readonly type: `notifications.${'app-registered' | 'secret-rotated' | 'app-disabled'}.v1` }>;

/** Id: the app. */
export type AppDocument = {
  readonly app: AppId;
  readonly name: string;
  readonly registeredAt: Instant;
  readonly secretRotatedAt: Instant | null;
  readonly disabled: boolean;
};

/** Id: the app, a colon and the category in its one form. */
export type CategoryDocument = Category & { readonly app: AppId; readonly declaredAt: Instant };

export const apps = {
  kind: 'projector',
  name: 'apps',
  version: 2,
  handles: [
    'notifications.app-registered.v1',
    'notifications.secret-rotated.v1',
    'notifications.app-disabled.v1',
    'notifications.category-declared.v1',
    'notifications.category-removed.v1',
  ],
  indexes: { apps: [], categories: [{ fields: ['app', '_id'] }] },

  project: (event, { apps, categories }) => {
    const { app } = event.data;
    const { at } = event.metadata;
    switch (event.type) {
      case 'notifications.app-registered.v1': {
        const { name } = event.data;
        apps.update(app, event, () => ({ app, name, registeredAt: at, secretRotatedAt: null, disabled: false }));
        return;
      }
      case 'notifications.secret-rotated.v1':
        apps.update(app, event, (before) => before && { ...before, secretRotatedAt: at });
        return;
      case 'notifications.app-disabled.v1':
        apps.update(app, event, (before) => before && { ...before, disabled: true });
        return;
      case 'notifications.category-declared.v1': {
        const { at: declaredAt, ...category } = event.data;
        categories.update(`${app}:${categoryKey(category.category)}`, event, () => ({ ...category, declaredAt }));
        return;
      }
      case 'notifications.category-removed.v1':
        categories.update(`${app}:${categoryKey(event.data.category)}`, event, () => undefined);
        return;
    }
  },
} as const satisfies Projector<Shown | CategoryEvent, { apps: AppDocument; categories: CategoryDocument }>;
