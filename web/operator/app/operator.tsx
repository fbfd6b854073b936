import { render } from 'preact';
import { OperatorApp } from './frame.tsx';
import { failureText, loggedOutBecause, resume } from './session.ts';

const root = document.querySelector('#app');
// Drawn once it is known whether anybody is logged in.
void resume()
  .catch((error: unknown) => (loggedOutBecause.value = failureText(error)))
  .finally(() => root !== null && render(<OperatorApp />, root));
