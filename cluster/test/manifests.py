"""Checks what a schema cannot: that the objects of rendered Kubernetes manifests fit together.

    python3 manifests.py BASE RENDERED
    python3 manifests.py --arguments CONTAINER RENDERED     prints the arguments of a container, one a line
"""

import re
import subprocess
import sys

import yaml


def load(path):
    with open(path, encoding="utf-8") as file:
        return [item for item in yaml.safe_load_all(file) if item]


def workloads(objects):
    return [item for item in objects if item["kind"] in ("Deployment", "Job")]


def pod(workload):
    return workload["spec"]["template"]


def containers(workload):
    spec = pod(workload)["spec"]
    return spec.get("initContainers", []) + spec["containers"]


def matches(selector, labels):
    return all(labels.get(key) == value for key, value in selector.items())


def check_confinement(workload, problem):
    spec = pod(workload)["spec"]
    context = spec["securityContext"]
    if not context.get("runAsNonRoot") or context.get("runAsUser", 0) == 0:
        problem("its pods may run as root")
    if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        problem("its pods have no seccomp profile")
    if spec.get("automountServiceAccountToken") is not False:
        problem("its pods get a token for the API")
    for container in containers(workload):
        rights = container.get("securityContext", {})
        if rights.get("readOnlyRootFilesystem") is not True or rights.get("allowPrivilegeEscalation") is not False:
            problem(f"container {container['name']} may write to its image or gain rights")
        if rights.get("capabilities", {}).get("drop") != ["ALL"]:
            problem(f"container {container['name']} keeps capabilities")
        resources = container.get("resources", {})
        if "memory" not in resources.get("limits", {}) or {"cpu", "memory"} - set(resources.get("requests", {})):
            problem(f"container {container['name']} lacks requests or a limit of memory")


def check_volumes(workload, names, problem):
    volumes = {volume["name"]: volume for volume in pod(workload)["spec"]["volumes"]}
    for container in containers(workload):
        for mount in container["volumeMounts"]:
            if mount["name"] not in volumes:
                problem(f"container {container['name']} mounts {mount['name']}, which is no volume")
    for volume in volumes.values():
        for kind, key, place in (
            ("ConfigMap", "name", volume.get("configMap")),
            ("Secret", "secretName", volume.get("secret")),
            ("PersistentVolumeClaim", "claimName", volume.get("persistentVolumeClaim")),
        ):
            if place and names is not None and (kind, place[key]) not in names:
                problem(f"there is no {kind} {place[key]}")


def check_selectors(objects, report):
    """Every selector of a service, policy or budget finds pods; ports are those that a container opens."""
    pods = [pod(workload)["metadata"]["labels"] for workload in workloads(objects)]
    ports = {
        port["name"]: port["containerPort"]
        for workload in workloads(objects)
        for container in containers(workload)
        for port in container.get("ports", [])
    }
    for item in objects:
        where = f"{item['kind']} {item['metadata']['name']}"
        spec = item.get("spec", {})
        if item["kind"] == "Service":
            selectors = [spec["selector"]]
            for port in spec["ports"]:
                if port["targetPort"] not in ports or ports[port["targetPort"]] != port["port"]:
                    report(where, "leads to a port that no container opens")
        elif item["kind"] == "PodDisruptionBudget":
            selectors = [spec["selector"]["matchLabels"]]
        elif item["kind"] == "NetworkPolicy":
            peers = [peer for rule in spec.get("ingress") or [] for peer in rule["from"]]
            peers += [peer for rule in spec.get("egress") or [] for peer in rule["to"]]
            selectors = [spec["podSelector"]["matchLabels"]]
            selectors += [peer["podSelector"]["matchLabels"] for peer in peers if "podSelector" in peer]
        else:
            continue
        for selector in selectors:
            if not any(matches(selector, labels) for labels in pods):
                report(where, f"selects no pod: {selector}")


def check_coordinator(objects, report):
    coordinator = next(item for item in workloads(objects) if item["metadata"]["name"] == "icd-coordinator")
    spec = coordinator["spec"]
    if spec["replicas"] != 1 or spec["strategy"]["type"] != "Recreate":
        report("Deployment icd-coordinator", "two coordinators could open one store")
    container = pod(coordinator)["spec"]["containers"][0]
    listen = next(word for word in container["args"] if word.startswith("--listen="))
    if not listen.endswith(f":{container['ports'][0]['containerPort']}"):
        report("Deployment icd-coordinator", "listens on another port than it says")
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        if container[probe]["tcpSocket"]["port"] != container["ports"][0]["name"]:
            report("Deployment icd-coordinator", f"its {probe} asks another port")


def check_exit_codes(objects, report):
    """The codes on which the Job fails are documented, and mean what cannot be cured by another try."""
    said = subprocess.run(["/mnt/icd", "--help"], capture_output=True, text=True, check=True).stdout
    documented = dict(re.findall(r"^  (\d+)\s+(\S.*)$", said, flags=re.MULTILINE))
    job = next(item for item in workloads(objects) if item["kind"] == "Job")
    rules = job["spec"]["podFailurePolicy"]["rules"]
    final = next(rule["onExitCodes"]["values"] for rule in rules if rule["action"] == "FailJob")
    if final != [2, 4] or "usage" not in documented.get("2", "") or "refused" not in documented.get("4", ""):
        report("Job icd-workers", f"fails on exit codes {final}, but icd documents {documented}")
    if pod(job)["spec"]["restartPolicy"] != "Never":
        report("Job icd-workers", "has a failure policy, which needs restartPolicy Never")


def check(path, *, is_complete):
    objects = load(path)
    names = {(item["kind"], item["metadata"]["name"]) for item in objects} if is_complete else None
    problems = []

    def report(where, text):
        problems.append(f"{path}: {where}: {text}")

    for workload in workloads(objects):
        where = f"{workload['kind']} {workload['metadata']['name']}"
        check_confinement(workload, lambda text, where=where: report(where, text))
        check_volumes(workload, names, lambda text, where=where: report(where, text))
    check_selectors(objects, report)
    check_coordinator(objects, report)
    if not is_complete:
        check_exit_codes(objects, report)
    return problems


def main():
    if sys.argv[1] == "--arguments":
        words = [
            word
            for workload in workloads(load(sys.argv[3]))
            for container in containers(workload)
            if container["name"] == sys.argv[2]
            for word in container["args"]
        ]
        print("\n".join(words))
        return
    problems = check(sys.argv[1], is_complete=False) + check(sys.argv[2], is_complete=True)
    print("\n".join(problems), end="\n" if problems else "", file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
