import { expect, it } from "vitest";

import { Clock, TOLERANCE } from "../../src/client/clock";
import { Refused } from "../../src/crypto/errors";

it("follows the server's time on a machine that is two hours off", () => {
  const clock = new Clock(() => 7_200_000);
  clock.heard(1_000);

  expect(clock.now()).toBe(1_000);
  expect(clock.seconds()).toBe(1);
  expect(clock.isOff()).toBe(true);
});

it("takes ten minutes to be near", () => {
  const clock = new Clock(() => 0);

  clock.requireNear(TOLERANCE);
  clock.requireNear(-TOLERANCE);
  expect(clock.isOff()).toBe(false);
  expect(() => {
    clock.requireNear(TOLERANCE + 1);
  }).toThrow(new Refused("CLOCK"));
});
