/** The apps that may request notifications. */
import type { AppId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { AppEvent } from '../../domain/notifications/apps/events.ts';
import type { Projector } from '../projection.ts';

/** In whose name an app sends is asked of the log. */
type Shown = Exclude<AppEvent, { readonly type: 'notifications.sender-identity-set.v1' }>;

/** Id: the app. */
export type AppDocument = {
  readonly app: AppId;
  readonly name: string;
  readonly registeredAt: Instant;
  readonly secretRotatedAt: Instant | null;
  readonly disabled: boolean;
};

export const apps = {
  kind: 'projector',
  name: 'apps',
  version: 1,
  handles: ['notifications.app-registered.v1', 'notifications.secret-rotated.v1', 'notifications.app-disabled.v1'],
  indexes: { apps: [] },

  project: (event, { apps }) => {
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
    }
  },
} as const satisfies Projector<Shown, { apps: AppDocument }>;
