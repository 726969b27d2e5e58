import { expect, test } from "vitest";
import { href, hrefCase, readRoute } from "../../src/ui/router";

const CASE = "0123456789abcdef0123456789abcdef";

test.each([
  ["", { screen: "home", caseId: null, part: "" }],
  ["#/", { screen: "home", caseId: null, part: "" }],
  ["#/settings/devices", { screen: "settings", caseId: null, part: "devices" }],
  [`#/case/${CASE}`, { screen: "case", caseId: CASE, part: "" }],
  [`#/case/${CASE}/actions`, { screen: "case", caseId: CASE, part: "actions" }],
])("%s is read", (fragment, route) => {
  expect(readRoute(fragment)).toEqual(route);
});

test.each([
  "#/nowhere",
  "#/case",
  "#/case/12",
  `#/case/${CASE}/<script>`,
  "#/settings/a/b",
  "#/docket/%E5%90%8D",
  "#/constructor",
])("%s is no place", (fragment) => {
  expect(readRoute(fragment).screen).toBe("missing");
});

test("addresses made here are read here", () => {
  expect(readRoute(href("audit"))).toMatchObject({ screen: "audit", part: "" });
  expect(readRoute(hrefCase(CASE, "print"))).toMatchObject({ caseId: CASE, part: "print" });
});
