import { render } from 'preact';
import { App } from './app.tsx';
import { startServiceWorker } from '../offline/offline.ts';
import { resume } from './session.ts';

const root = document.querySelector('#app');
// The pages are drawn once it is known whether anybody is logged in.
void resume().finally(() => root !== null && render(<App />, root));
startServiceWorker();
