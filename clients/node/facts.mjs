// What the suites share: facts are functions, run one after the other, each told as a line of TAP.
import assert from 'node:assert/strict';

export const endpoint = process.argv[2];

const facts = [];

export function fact(name, run) {
  facts.push({ name, run });
}

export async function tell(client) {
  console.log(`# ${client}, node ${process.version}`);
  let failures = 0;
  for (const { name, run } of facts) {
    try {
      await run();
      console.log(`ok - ${name}`);
    } catch (error) {
      failures++;
      console.log(`not ok - ${name}`);
      console.log(String(error.stack ?? error).replace(/^/gm, '# '));
    }
  }
  process.exitCode = failures === 0 ? 0 : 1;
}

/** The error with which a call is refused. */
export async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return assert.fail('it was not refused');
}
