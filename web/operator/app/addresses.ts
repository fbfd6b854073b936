/** Every address of the operator's page. Its document is served at these and nowhere else. */
export const OPERATOR_ROOT = '/operator';

const PATTERNS = {
  overview: '/',
  projections: '/projections',
  queues: '/queues',
  vendors: '/vendors',
  deliveries: '/deliveries',
  funnel: '/funnel',
  apps: '/apps',
  app: '/apps/([\\w-]+)',
  moderation: '/moderation',
  case: '/moderation/([\\w:.-]+)',
  audit: '/audit',
} as const;

export type OperatorPageName = keyof typeof PATTERNS;
export type OperatorRoute = { readonly page: OperatorPageName | 'unknown'; readonly id: string };

const PAGES = Object.entries(PATTERNS).map(([page, pattern]) => ({
  page: page as OperatorPageName,
  pattern: new RegExp(`^${OPERATOR_ROOT}${pattern}$`),
}));

export function operatorRouteOf(path: string): OperatorRoute {
  for (const { page, pattern } of PAGES) {
    const found = pattern.exec(path);
    if (found !== null) return { page, id: found[1] ?? '' };
  }
  return { page: 'unknown', id: '' };
}

export const isOperatorAddress = (path: string): boolean => operatorRouteOf(path).page !== 'unknown';
