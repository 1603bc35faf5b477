using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>The residual stream into logits: <c>logits = x W_U + b_U</c>, scaled and capped where
/// the config says so.</summary>
public sealed class Unembed : IDisposable
{
    private readonly EmbeddingConfig _config;

    internal Unembed(TransformerConfig config, Embed embed, ParameterSource source)
    {
        _config = config.Embedding;
        int dModel = _config.Transform?.Width ?? config.DModel;
        Transform = _config.Transform is { } transform
            ? new OutputTransform(transform, config, source) : null;
        W_U = !_config.Tied
            ? source.Matrix("unembed.W_U", [config.Vocabulary, dModel], (0, 1))
            : embed.W_E.Stored is null
            ? new Parameter("unembed.W_U", embed.W_E, static (Tensor<float> x) => x.Transpose())
            : new Parameter("unembed.W_U", embed.W_E, static (Weight x) => x.Transpose());
        B_U = _config.OutputBias ? source.Small("unembed.b_U", [config.Vocabulary])
            : new ParameterSource(source.Device).Small("unembed.b_U", [config.Vocabulary]);
    }

    /// <summary>What the stream passes first; null for nothing.</summary>
    public OutputTransform? Transform { get; }

    /// <summary>float32 [dModel, vocab]: a column for each token; stored [vocab, dModel]. W_Eᵀ in a
    /// model that ties them.</summary>
    public Parameter W_U { get; }

    /// <summary>float32 [vocab]: the prediction for a stream of zeros; zeros in a model without
    /// output bias.</summary>
    public Parameter B_U { get; }

    /// <summary>Every weight that is trained.</summary>
    public IEnumerable<Parameter> Parameters =>
    [
        .. Transform?.Parameters ?? [],
        .. W_U.IsTied ? Array.Empty<Parameter>() : [W_U],
        .. _config.OutputBias ? [B_U] : Array.Empty<Parameter>(),
    ];

    /// <summary>float32 [.., vocab] for x float32 [.., dModel].</summary>
    /// <exception cref="InvalidOperationException">The model has no unembedding.</exception>
    public Var Forward(Tape tape, Var x)
    {
        if (_config.NoLogits)
        {
            throw new InvalidOperationException(
                "Transformer: this model has no unembedding (embedding.noLogits): it gives a stream, "
                + "not logits; read its activations.");
        }

        Var logits = Scaled(tape, Activate.Linear(tape, x, W_U, null));
        logits = tape.Add(logits, Bias(tape));
        return _config.LogitSoftCap is { } cap
            ? tape.Scale(tape.Tanh(tape.Scale(logits, 1 / cap)), cap) : logits;
    }

    /// <summary>The cross-entropy of the logits in nats, without holding the logits unless they are
    /// capped.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="targets">int32 [n].</param>
    /// <returns>float32 [n].</returns>
    public Var Losses(Tape tape, Var x, Tensor<int> targets) => _config.LogitSoftCap is not null
        ? tape.CrossEntropy(Forward(tape, x), targets)
        : tape.LinearCrossEntropy(Scaled(tape, x), tape.Use(W_U), Bias(tape), targets);

    /// <summary>The weighted sum of <see cref="Losses(Tape, Var, Tensor{int})"/>, the cheaper way
    /// to train.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="targets">int32 [n].</param>
    /// <param name="weights">float32 [n]: 1/n for the mean.</param>
    /// <returns>float32 [].</returns>
    public Var Loss(Tape tape, Var x, Tensor<int> targets, Tensor<float> weights) =>
        W_U.Stored is not null || _config.LogitSoftCap is not null
        ? tape.Sum(tape.Multiply(Losses(tape, x, targets), new Var(weights)))
        : tape.LinearCrossEntropySum(
            Scaled(tape, x), tape.Use(W_U), Bias(tape), targets, weights);

    /// <summary>As <see cref="Losses(Tape, Var, Tensor{int})"/>; several targets may share a row of
    /// x.
    /// <code>loss[i] = logSumExp(logits[rows[i]]) − logits[rows[i], targets[i]]</code></summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="rows">int32 [m]: where in x each target is predicted from.</param>
    /// <param name="targets">int32 [m].</param>
    /// <returns>float32 [m].</returns>
    public Var Losses(Tape tape, Var x, Tensor<int> rows, Tensor<int> targets)
    {
        int n = x.Shape[0];
        Shares shares = tape.Own(new Shares(n, rows, targets, null));
        Var some = tape.LinearCrossEntropy(
            x, tape.Use(W_U), Bias(tape), shares.Targets.Slice(0, 0, n));                // [n]
        Var logits = tape.LinearAt(
            x, tape.Use(W_U), Bias(tape), shares.Rows, shares.Targets);                  // [n + m]
        Var logSumExp = tape.Add(some, tape.Slice(logits, 0, 0, n));                     // [n]
        return tape.Subtract(
            tape.Reshape(tape.GatherRows(tape.Reshape(logSumExp, n, 1), rows), -1),      // [m]
            tape.Slice(logits, 0, n, rows.Shape[0]));                                    // [m]
    }

    /// <summary>The weighted sum of <see cref="Losses(Tape, Var, Tensor{int}, Tensor{int})"/>, the
    /// cheaper way to train.
    /// <code>
    /// Σᵢ w[i] · loss[i] = Σᵣ W[r] · logSumExp(logits[r]) − Σᵢ w[i] · logits[rows[i], targets[i]]
    /// </code>
    /// with W[r] the weight of all targets that share row r.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [n, dModel].</param>
    /// <param name="rows">int32 [m]: where in x each target is predicted from.</param>
    /// <param name="targets">int32 [m].</param>
    /// <param name="weights">float32 [m]: 1/m for the mean.</param>
    /// <returns>float32 [].</returns>
    public Var Loss(
        Tape tape, Var x, Tensor<int> rows, Tensor<int> targets, Tensor<float> weights)
    {
        // The fused loss takes one target a row: it gets the first, and the logits put it right.
        int n = x.Shape[0];
        Shares shares = tape.Own(new Shares(n, rows, targets, weights));
        Var first = tape.LinearCrossEntropySum(
            x, tape.Use(W_U), Bias(tape), shares.Targets.Slice(0, 0, n),
            shares.Weights.Slice(0, 0, n));                                              // []
        Var others = tape.LinearAtSum(
            x, tape.Use(W_U), Bias(tape), shares.Rows, shares.Targets, shares.Weights);  // []
        return tape.Add(first, others);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Transform?.Dispose();
        W_U.Dispose();
        B_U.Dispose();
    }

    private Var Bias(Tape tape) =>
        _config.OutputBias ? tape.Use(B_U) : new Var(B_U.Value);

    /// <summary>Scaling the stream scales its logits, before the bias.</summary>
    private Var Scaled(Tape tape, Var x) =>
        _config.LogitScale is { } scale ? tape.Scale(x, scale) : x;

    /// <summary>The logits that a loss of shared rows reads: of each row that of the first target
    /// that shares it, with the weight of all that do, then of each target, with its weight
    /// negated.</summary>
    private sealed class Shares : IDisposable
    {
        public Shares(int n, Tensor<int> rows, Tensor<int> targets, Tensor<float>? weights)
        {
            int m = rows.Shape[0];
            Tensor<int> rowHost = Tensor.Empty<int>([n + m]);
            Tensor<int> targetHost = Tensor.Full([n + m], -1);
            Tensor<float> weightHost = Tensor.Zeros<float>([n + m]);
            Span<int> row = rowHost.WritableSpan;
            Span<int> target = targetHost.WritableSpan;
            Span<float> weight = weightHost.WritableSpan;
            rows.CopyTo(row[n..]);
            targets.CopyTo(target[n..]);
            weights?.CopyTo(weight[n..]);
            for (int i = n; i < n + m; i++)
            {
                int shared = row[i];
                row[shared] = shared;
                target[shared] = target[shared] < 0 ? target[i] : target[shared];
                weight[shared] += weight[i];
                weight[i] = -weight[i];
            }

            Rows = rowHost.MoveTo(rows.Device);
            Targets = targetHost.MoveTo(rows.Device);
            Weights = weightHost.MoveTo(rows.Device);
        }

        public Tensor<int> Rows { get; }

        public Tensor<int> Targets { get; }

        public Tensor<float> Weights { get; }

        public void Dispose()
        {
            Rows.Dispose();
            Targets.Dispose();
            Weights.Dispose();
        }
    }
}
