from host.sdk.endpoint import endpoint

PostWorkflowTaskStop = endpoint("post_workflow_task_stop")
