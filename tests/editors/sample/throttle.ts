/** Sample for the editors' tests. */
export function throttle<A extends unknown[]>(call: (...args: A) => void, gap: number): (...args: A) => void {
  let last = 0;
  let waiting: A | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = () => {
    timer = undefined;
    if (waiting) {
      const args = waiting;
      waiting = undefined;
      last = Date.now();
      call(...args);
    }
  };
  return (...args: A) => {
    const left = gap - (Date.now() - last);
    waiting = args;
    if (left <= 0) {
      clearTimeout(timer);
      run();
    } else if (timer === undefined) {
      timer = setTimeout(run, left);
    }
  };
}
