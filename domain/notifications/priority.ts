/** How urgent a notification is to its sender: each priority has queues of its own. The highest first. */
export const PRIORITIES = ['high', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];
