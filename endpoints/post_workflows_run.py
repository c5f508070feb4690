from host.sdk.endpoint import endpoint

PostWorkflowsRun = endpoint("post_workflows_run")
