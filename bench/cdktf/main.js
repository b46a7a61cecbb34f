// The resources of a rendered directory, written by CDKTF.
const fs = require("fs");
const { App, TerraformResource, TerraformStack } = require("cdktf");

const app = new App({ outdir: "cdktf.out", skipValidation: true });
const stack = new TerraformStack(app, "same");
for (const { kind, name, body } of JSON.parse(fs.readFileSync("resources.json", "utf8"))) {
  const resource = new TerraformResource(stack, `${kind}-${name}`, { terraformResourceType: kind });
  resource.overrideLogicalId(name);
  for (const [attribute, value] of Object.entries(body)) {
    resource.addOverride(attribute, value);
  }
}
app.synth();
