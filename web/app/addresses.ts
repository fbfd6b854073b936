/** Every address of the application. The front serves the document at these and nowhere else, so that a mistyped address is no page that works. */
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

const PATTERNS = {
  feed: '/',
  'log-in': '/log-in',
  'sign-up': '/sign-up',
  post: '/posts/([\\w-]+)',
  tag: '/tags/([^/]+)',
  mentions: '/mentions',
  bookmarks: '/bookmarks',
  scheduled: '/scheduled',
  people: '/people',
  person: `/people/(${UUID})`,
  chat: '/chat',
  channel: `/chat/(${UUID}(?:/\\d{1,15})?)`,
  join: '/join/([\\w-]+)',
  notifications: '/notifications',
  settings: '/settings(?:/(security|notifications|privacy|data))?',
} as const;

export type PageName = keyof typeof PATTERNS;
/** `id` is empty where the address has none. */
export type Route = { readonly page: PageName | 'unknown'; readonly id: string };

const PAGES = Object.entries(PATTERNS).map(([page, pattern]) => ({ page: page as PageName, pattern: new RegExp(`^${pattern}$`) }));

export function routeOf(path: string): Route {
  for (const { page, pattern } of PAGES) {
    const found = pattern.exec(path);
    if (found !== null) return { page, id: found[1] ?? '' };
  }
  return { page: 'unknown', id: '' };
}
