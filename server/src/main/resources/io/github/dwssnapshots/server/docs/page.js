// The token of the demo; empty without the demo.
const token = 'TOKEN';

fetch('/openapi.json').then((response) => response.json()).then((contract) => {
  contract.servers = [{ url: location.origin, description: 'This server.' }];
  contract.security = [{ Token: [] }]; // nobody types a signature
  delete contract.components.securitySchemes.Signature;
  if (!token) { // the examples are the ids of the demo
    delete contract.components.schemas.ProjectId.example;
    delete contract.components.schemas.ClusterId.example;
  }
  const page = SwaggerUIBundle({
    spec: contract,
    dom_id: '#page',
    validatorUrl: null,
    tryItOutEnabled: true,
    onComplete: () => token && page.preauthorizeApiKey('Token', token),
  });
});
