{{/* The name of all objects. */}}
{{- define "flame4j-app.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What selects the parent. Must never match a runner, whose labels begin with flame4j.io/. */}}
{{- define "flame4j-app.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* What selects the runners of all replicas of the parent: flame4j gives them these labels. */}}
{{- define "flame4j-app.runners" -}}
flame4j.io/owner-kind: Deployment
flame4j.io/owner: {{ include "flame4j-app.fullname" . }}
{{- end -}}

{{- define "flame4j-app.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "flame4j-app.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "flame4j-app.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "flame4j-app.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "flame4j-app.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The ports on which the pools listen, for a NetworkPolicy. */}}
{{- define "flame4j-app.poolPorts" -}}
{{- range .Values.pools }}
- port: {{ .port }}
  protocol: TCP
{{- end }}
{{- end -}}
