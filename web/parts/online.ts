/** Whether this device has a network, as the browser says. */
import { signal } from '@preact/signals';

export const isOnline = signal(navigator.onLine);
for (const type of ['online', 'offline']) addEventListener(type, () => (isOnline.value = navigator.onLine));
