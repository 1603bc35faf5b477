using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>Several MLPs of one layer, each of which runs for the tokens that chose it.</summary>
internal sealed class Experts
{
    private readonly MlpConfig _config;
    private readonly ExpertConfig _experts;
    private readonly MlpNames _names;
    private readonly Parameter _router;
    private readonly Parameter? _routerBias;
    private readonly Expert[] _each;
    private readonly Expert? _shared;
    private readonly Parameter? _sharedGate;

    public Experts(MlpConfig config, int dModel, MlpNames names, ParameterSource source)
    {
        (_config, _experts, _names) = (config, config.Experts!, names);
        string prefix = names.Prefix;
        _router = source.Matrix(prefix + "W_router", [dModel, _experts.Count]);
        _routerBias = _experts.RouterBias
            ? source.Small(prefix + "b_router", [_experts.Count]) : null;
        _each =
        [
            .. Enumerable.Range(0, _experts.Count).Select(expert => new Expert(
                config, dModel, config.Width, $"{prefix}experts.{expert}.", source)),
        ];
        if (_experts.SharedWidth is { } width)
        {
            _shared = new Expert(config, dModel, width, prefix + "shared.", source);
            _sharedGate = source.Matrix(prefix + "W_shared_gate", [dModel, 1]);
        }
    }

    public IEnumerable<Parameter> Parameters =>
    [
        .. new[] { _router, _routerBias, _sharedGate }.OfType<Parameter>(),
        .. _each.SelectMany(expert => expert.Parameters),
        .. _shared?.Parameters ?? [],
    ];

    public Var Forward(Tape tape, Var x, Hooks? hooks)
    {
        (int batch, int pos, int dModel) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        Var rows = tape.Reshape(x, -1, dModel);                               // [n, dModel]
        Var logits = Activate.Linear(tape, x, _router, _routerBias);          // [batch, pos, expert]
        Var p = hooks.At(tape, _names.ExpertWeights, tape.Softmax(logits));
        p = tape.Reshape(p, -1, _experts.Count);                              // [n, expert]
        int[][] tokens = Choose(tape, p, batch, pos, hooks, out Tensor<float> chosen);
        p = tape.Multiply(p, new Var(chosen));
        if (_experts.Renormalise)
        {
            p = tape.Divide(p, tape.Sum(p, axis: -1, keepAxis: true));
        }

        Var y = new(tape.Own(Tensor.Zeros<float>(rows.Shape, x.Value.Device)));
        for (int expert = 0; expert < tokens.Length; expert++)
        {
            if (tokens[expert].Length > 0)
            {
                Tensor<int> its = tape.Own(
                    Tensor.From(tokens[expert], [tokens[expert].Length], x.Value.Device));
                Var out_ = _each[expert].Forward(tape, tape.GatherRows(rows, its));
                Var weight = tape.GatherRows(tape.Slice(p, 1, expert, 1), its);  // [its, 1]
                y = tape.AddRows(y, its, tape.Multiply(out_, weight));           // [n, dModel]
            }
        }

        if (_shared is not null)
        {
            Var gate = tape.Sigmoid(Activate.Linear(tape, rows, _sharedGate!, null));  // [n, 1]
            y = tape.Add(y, tape.Multiply(_shared.Forward(tape, rows), gate));
        }

        return tape.Reshape(y, batch, pos, dModel);
    }

    /// <summary>The tokens of each expert, and 1 where a token uses an expert, else 0, float32 [n,
    /// expert].</summary>
    private int[][] Choose(
        Tape tape, Var p, int batch, int pos, Hooks? hooks, out Tensor<float> chosen)
    {
        (Tensor<float> values, Tensor<int> ids) = Ops.TopK(p.Value, _experts.Used);
        using (values)
        using (ids)
        {
            int[] best = ids.ToArray();
            if (hooks.Want(_names.ExpertIndices))
            {
                hooks.At(tape, _names.ExpertIndices, new Var(tape.Own(Tensor.From(
                    Array.ConvertAll(best, id => (float)id), [batch, pos, _experts.Used],
                    p.Value.Device))));
            }

            var tokens = new List<int>[_experts.Count];
            var uses = new float[p.Shape[0] * _experts.Count];
            for (int i = 0; i < best.Length; i++)
            {
                int token = i / _experts.Used;
                (tokens[best[i]] ??= []).Add(token);
                uses[(token * _experts.Count) + best[i]] = 1;
            }

            chosen = tape.Own(Tensor.From(uses, p.Shape, p.Value.Device));
            return Array.ConvertAll(tokens, list => list?.ToArray() ?? []);
        }
    }

    /// <summary>One expert's MLP.</summary>
    private sealed class Expert
    {
        private readonly MlpConfig _config;
        private readonly Parameter _in;
        private readonly Parameter? _gate;
        private readonly Parameter _out;
        private readonly Parameter? _inBias;
        private readonly Parameter? _gateBias;
        private readonly Parameter? _outBias;

        public Expert(
            MlpConfig config, int dModel, int width, string prefix, ParameterSource source)
        {
            _config = config;
            _in = source.Matrix(prefix + "W_in", [dModel, width]);
            _gate = config.Gated ? source.Matrix(prefix + "W_gate", [dModel, width]) : null;
            _out = source.Matrix(prefix + "W_out", [width, dModel]);
            if (config.Biases)
            {
                _inBias = source.Small(prefix + "b_in", [width]);
                _gateBias = config.Gated ? source.Small(prefix + "b_gate", [width]) : null;
                _outBias = source.Small(prefix + "b_out", [dModel]);
            }
        }

        public IEnumerable<Parameter> Parameters =>
            new[] { _in, _gate, _out, _inBias, _gateBias, _outBias }.OfType<Parameter>();

        public Var Forward(Tape tape, Var x)
        {
            Var up = Activate.Linear(tape, x, _in, _inBias);
            Var post = _gate is null ? Activate.Forward(tape, _config.Activation, up)
                : Mlp.Gated(tape, _config, Activate.Linear(tape, x, _gate, _gateBias), up);
            return Activate.Linear(tape, post, _out, _outBias);
        }
    }
}
