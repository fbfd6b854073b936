/** Where what a notification is about can be seen. Pages and pushes say it alike. */

/** `data` of a notification, all texts. */
export type AboutWhat = Readonly<Record<string, string>> & { readonly notification?: string };

/** `elsewhere`: an address that isn't ours, where the notification leads to one. */
export type NotificationAddress = { readonly path: string; readonly elsewhere?: string };

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const POST = /^[\w-]+$/;
const CENTRE = '/notifications';

/** `url`: of the notification, or of the button that was pressed. */
export function addressIn(about: AboutWhat, url: string | undefined = about['url']): NotificationAddress {
  const { kind, channel = '', post = '' } = about;
  if (kind === 'app') return url !== undefined && isWeb(url) ? { path: CENTRE, elsewhere: url } : { path: CENTRE };
  if (kind === 'chat' && UUID.test(channel)) return { path: `/chat/${channel}` };
  if ((kind === 'feed' || kind === 'moderation') && POST.test(post)) return { path: `/posts/${post}` };
  if (kind === 'security') return { path: '/settings/security' };
  if (kind === 'export') return { path: '/settings/data' };
  return { path: CENTRE };
}

/** An app says where to, and may say anything. */
const isWeb = (url: string): boolean => /^https?:$/.test(URL.parse(url)?.protocol ?? '');
