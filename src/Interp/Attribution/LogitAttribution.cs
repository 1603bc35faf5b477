using System.Globalization;
using System.Text;
using Vitrine.Models;

namespace Vitrine.Interp.Attribution;

/// <summary>Constants that reach a logit regardless of the tokens.</summary>
/// <param name="Attention">Output biases of the layers, b_O.</param>
/// <param name="Norm">The bias of the final norm.</param>
/// <param name="Output">b_U.</param>
public sealed record BiasParts(double Attention, double Norm, double Output);

/// <summary>A prediction's logit, or the difference of two, as a sum over the parts that wrote it.
/// <code>
/// logit[t] = x · d + β · W_U[:, t] + b_U[t]
/// x = embed + positions + Σ_l (b_O,l + Σ_h Σ_j α_h,ij v_h,j W_O,h + mlp_l)
/// d = (γ ∘ W_U[:, t] − mean) / s,   s = √(var x + ε) as it was in the pass; no norm: d = W_U[:, t]
/// </code></summary>
/// <remarks>With attention and the final norm's scale frozen, the logit is linear in the
/// contributions to the residual stream, so the parts sum to it: <see cref="Analysis.Residual"/> is
/// the sum minus the logit that the model computed, float32 rounding. Layers before the last are
/// counted by what they write directly to the output, not by their effect through later heads.
/// Elhage et al. (2021), "A Mathematical Framework for Transformer Circuits"; nostalgebraist
/// (2020), "interpreting GPT: the logit lens"; Wang et al. (2022) for the difference of two
/// logits.</remarks>
/// <param name="Tokens">The prompt up to the predicting position.</param>
/// <param name="Position">That position.</param>
/// <param name="Target">The token whose logit it is.</param>
/// <param name="Versus">The competing token, whose logit is subtracted; null for none.</param>
/// <param name="Total">The logit, or the difference, as the model computed it.</param>
/// <param name="Embed">The contribution of the token's own embedding: the direct path.</param>
/// <param name="Positions">The contribution of the position embedding; null if nothing is added to
/// the stream.</param>
/// <param name="Bias">The part that does not depend on the tokens, the sum of
/// <see cref="BiasParts"/>.</param>
/// <param name="Attn">The contribution of each layer's heads together, <c>[layer]</c>.</param>
/// <param name="Mlp">The contribution of each layer's feed-forward block; empty without
/// one.</param>
/// <param name="Heads">The contribution of each head, <c>[layer][head]</c>.</param>
/// <param name="Sources">The contribution of each head from each token, by head as <c>1.3</c>,
/// <c>[pos]</c>.</param>
public sealed record LogitAttribution(
    int[] Tokens,
    int Position,
    int Target,
    int? Versus,
    double Total,
    double Embed,
    double? Positions,
    double Bias,
    double[] Attn,
    double[] Mlp,
    double[][] Heads,
    IReadOnlyDictionary<string, double[]> Sources)
    : Analysis(
        "attribution",
        "Which parts write the answer?",
        "logits",
        "The logit split into the contributions to the residual stream, with attention patterns "
        + "and the final norm's scale frozen; the parts sum to the logit, and the residual is the "
        + "remainder.")
{
    /// <summary>How the final norm is treated: <c>frozen</c>, or <c>none</c>.</summary>
    public required string Norm { get; init; }

    /// <summary>The parts of <see cref="Bias"/>.</summary>
    public required BiasParts Biases { get; init; }

    /// <summary>The target's probability.</summary>
    public required double Probability { get; init; }

    /// <summary>The other token's probability; null for none.</summary>
    public double? VersusProbability { get; init; }

    /// <summary>Splits a logit.</summary>
    /// <param name="model">The model; borrowed.</param>
    /// <param name="tokens">The prompt.</param>
    /// <param name="answer">The token whose logit is split; null for the likeliest.</param>
    /// <param name="versus">The competing token, whose logit is subtracted; null for none.</param>
    /// <param name="position">Where it is predicted; null for the last.</param>
    /// <exception cref="ArgumentException">The prompt is empty or longer than the
    /// context.</exception>
    /// <exception cref="RequestException">The model's logits do not split: it is no decoder, norms
    /// follow its parts, or its logits are capped.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The token or position does not
    /// exist.</exception>
    public static LogitAttribution Of(
        Transformer model, ReadOnlySpan<int> tokens, int? answer = null, int? versus = null,
        int? position = null)
    {
        if (tokens.IsEmpty)
        {
            throw new ArgumentException(
                "LogitAttribution: the prompt must have at least one token; got none.");
        }

        int at = position ?? (tokens.Length - 1);
        if (at < 0 || at >= tokens.Length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(position),
                $"LogitAttribution: positions are 0 … {tokens.Length - 1}; got {at}.");
        }

        foreach (int token in (ReadOnlySpan<int>)[answer ?? 0, versus ?? 0])
        {
            if (token < 0 || token >= model.Config.Vocabulary)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(answer),
                    $"LogitAttribution: tokens are 0 … {model.Config.Vocabulary - 1}; "
                    + $"got {token}.");
            }
        }

        using var pass = new AttributionPass(model, tokens[..(at + 1)]);
        return pass.Split(answer ?? pass.Likeliest, versus);
    }

    /// <summary>The parts as a table whose last line is the residual.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Line("embedding", Embed);
        if (Positions is { } positions)
        {
            Line("positions", positions);
        }

        Line("biases", Bias);
        for (int layer = 0; layer < Heads.Length; layer++)
        {
            for (int head = 0; head < Heads[layer].Length; head++)
            {
                Line($"head {layer}.{head}", Heads[layer][head]);
            }

            if (Mlp.Length > 0)
            {
                Line($"MLP {layer}", Mlp[layer]);
            }
        }

        Line(Versus is null ? "logit" : "logit difference", Total);
        text.Append(CultureInfo.InvariantCulture, $"{"residual",-18}{Residual,11:0.0e+00}");
        return text.ToString();

        void Line(string name, double value) => text.AppendLine(
            CultureInfo.InvariantCulture, $"{name,-18}{value,11:+0.0000;-0.0000;0.0000}");
    }
}
