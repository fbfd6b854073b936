/** What a choice of a person is about. */
import type { AppId } from '../../shared/ids.ts';
import { categoryKey } from '../category.ts';
import type { NotificationChannel } from '../notification-channels.ts';

/** `*` is every category, or every channel; without `app`, notifications of all apps and of our own products. */
export type ChosenAbout = { readonly app?: AppId; readonly category: string; readonly channel: NotificationChannel | '*' };

/** A channel's name has no space in it, and neither has an app's id, so two choices never share a key. */
export const choiceKey = ({ app, category, channel }: ChosenAbout) => `${app === undefined ? channel : `${channel}@${app}`} ${categoryKey(category)}`;

/** Without what a command has beside it. */
export const aboutOf = ({ app, category, channel }: ChosenAbout): ChosenAbout => ({ ...(app !== undefined && { app }), category, channel });
