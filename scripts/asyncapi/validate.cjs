// Print every error and warning of the reference parser; exit 1 when there is an error.
const { readFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");

const ERROR = 0, WARNING = 1;

new Parser().parse(readFileSync(process.argv[2], "utf8")).then(({ document, diagnostics }) => {
  for (const { severity, message, path } of diagnostics.filter((found) => found.severity <= WARNING)) {
    console.log(`${severity === ERROR ? "error" : "warning"}: /${path.join("/")}: ${message}`);
  }
  process.exit(document && !diagnostics.some((found) => found.severity === ERROR) ? 0 : 1);
});
