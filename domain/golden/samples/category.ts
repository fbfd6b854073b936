import type { CategoryEvent } from '../../notifications/categories/events.ts';
import type { AppId } from '../../shared/ids.ts';
import { at, later, type Samples } from '../samples.ts';

const app = 'shop-7Qm3' as AppId;

export const categorySamples: Samples<CategoryEvent> = {
  'notifications.category-declared.v1': {
    app,
    category: 'orders',
    defaultLocale: 'en',
    locales: { en: { title: 'Orders', description: 'When an order is paid, sent and delivered.' }, de: { title: 'Bestellungen' } },
    mandatory: false,
    byDefault: 'in',
    channels: ['push', 'email'],
    perDayMax: 5,
    digest: { kind: 'after-first', minutes: 30 },
    at,
  },
  'notifications.category-removed.v1': { app, category: 'orders', at: later },
};
